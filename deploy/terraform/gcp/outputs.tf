output "service_account" {
  description = "E-mail address of what Hallpass runs as."
  value       = google_service_account.hallpass.email
}

output "workload_provider" {
  description = "The audience of a workload's token, and what its credential configuration names."
  value       = one(google_iam_workload_identity_pool_provider.hallpass[*].name)
}
