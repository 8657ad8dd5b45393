# The role that Hallpass acts as in one account.

data "aws_caller_identity" "applying" {}

# The same as the policy: what somebody attaches to the role later adds nothing.
resource "aws_iam_policy" "boundary" {
  name        = "${var.name}-boundary"
  description = "All that Hallpass may ever do in this account."
  policy      = local.policy_document

  lifecycle {
    precondition {
      condition     = data.aws_caller_identity.applying.account_id == var.account
      error_message = "These are the credentials of account ${data.aws_caller_identity.applying.account_id}, not of ${var.account}."
    }
    precondition {
      condition     = length(local.policy_document) <= 6144
      error_message = "The boundary has ${length(local.policy_document)} characters and may have 6144: put users under a path (`engineers/*`), or list less."
    }
  }
}

resource "aws_iam_role" "hallpass" {
  name                 = var.name
  description          = "Gives and takes time-boxed access for pull requests."
  assume_role_policy   = local.trust_document
  permissions_boundary = aws_iam_policy.boundary.arn
  max_session_duration = 3600

  lifecycle {
    precondition {
      condition     = length(local.trust) == 1
      error_message = "Say who takes this role on: one of workload, service and hub."
    }
  }
}

resource "aws_iam_role_policy" "work" {
  name   = "work"
  role   = aws_iam_role.hallpass.name
  policy = local.policy_document
}

# What an EC2 instance needs in order to have a role.
resource "aws_iam_instance_profile" "hallpass" {
  count = var.service == "ec2.amazonaws.com" ? 1 : 0
  name  = var.name
  role  = aws_iam_role.hallpass.name
}
