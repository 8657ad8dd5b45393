output "role_arn" {
  description = "What Hallpass runs as here, or what the hub takes on."
  value       = aws_iam_role.hallpass.arn
}

output "policy" {
  description = "What it may do, as JSON."
  value       = local.policy_document
}
