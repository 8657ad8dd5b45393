variable "account" {
  description = "The account that this is for. Applied with another account's credentials, it refuses."
  type        = string
  validation {
    condition     = can(regex("^[0-9]{12}$", var.account))
    error_message = "An account has 12 digits."
  }
}

variable "partition" {
  description = "`aws`, `aws-cn` or `aws-us-gov`."
  type        = string
  default     = "aws"
}

variable "name" {
  description = "Of the role. Its boundary is called the same with `-boundary`."
  type        = string
  default     = "hallpass"
  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@-]{1,55}$", var.name))
    error_message = "A name without a path, of at most 55 characters."
  }
}

# Who may take the role on: exactly one of these three.

variable "workload" {
  description = "A workload identity, such as a Kubernetes service account: the OIDC provider that IAM knows, and the one subject that is Hallpass."
  type = object({
    provider_arn = string
    subject      = string
    audience     = optional(string, "sts.amazonaws.com")
  })
  default = null
}

variable "service" {
  description = "The AWS service that runs Hallpass."
  type        = string
  default     = null
  validation {
    condition = var.service == null ? true : contains(
      ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com", "pods.eks.amazonaws.com"], var.service
    )
    error_message = "One of ec2.amazonaws.com, ecs-tasks.amazonaws.com and pods.eks.amazonaws.com."
  }
}

variable "hub" {
  description = "In every further account: the role that Hallpass runs as, and an external id that only the two know of."
  type = object({
    role_arn    = string
    external_id = string
  })
  default = null
  validation {
    condition = (var.hub == null ? true :
    length(var.hub.external_id) >= 16 && can(regex("^[A-Za-z0-9_+=,.@:/-]+$", var.hub.external_id)))
    error_message = "An external id has 16 characters or more: make one up at random."
  }
}

# What it may do. What is left out gives nothing.

variable "users" {
  description = "The IAM users to whom access is given in whatever mode, by name or path (`alice`, `engineers/*`)."
  type        = list(string)
  default     = []
  validation {
    condition     = !anytrue([for it in var.users : startswith(it, "*")])
    error_message = "Name users or a path: with `*` alone Hallpass could give something to any user."
  }
}

variable "inline_policies" {
  description = "For `assume_role` and `allow`, which are inline policies of users. Nothing limits what is written in one: so users get them within one of these permissions boundaries (ARNs), which each of them must have. NB: whoever gets hold of Hallpass could give anything at all to those listed under `unbounded_users`."
  type = object({
    boundaries      = optional(list(string), [])
    unbounded_users = optional(list(string), [])
  })
  default = null
  validation {
    condition = (var.inline_policies == null ? true :
    length(var.inline_policies.boundaries) + length(var.inline_policies.unbounded_users) > 0)
    error_message = "Say which boundaries the users have, or list them under unbounded_users."
  }
  validation {
    condition     = !anytrue([for it in try(var.inline_policies.unbounded_users, []) : startswith(it, "*")])
    error_message = "Name users or a path: with `*` alone Hallpass could give anything to any user."
  }
}

variable "target_roles" {
  description = "ARNs of the roles that users are let into (`assume_role`)."
  type        = list(string)
  default     = []
}

variable "session_roles" {
  description = "Those of them whose running sessions Hallpass may end (`end_sessions`). NB: whoever gets hold of Hallpass could change what these roles may do, within their own boundaries."
  type        = list(string)
  default     = []
}

variable "roles_for_grants" {
  description = "For roles that are made for each grant (`role_with`): the managed policies that they may get, and the boundaries of which each has one."
  type = object({
    policies   = list(string)
    boundaries = list(string)
  })
  default = null
  validation {
    condition = (var.roles_for_grants == null ? true :
    length(var.roles_for_grants.policies) > 0 && length(var.roles_for_grants.boundaries) > 0)
    error_message = "Roles for grants need at least one policy and one boundary."
  }
}

variable "groups" {
  description = "Groups whose members Hallpass alone decides on, by name or path."
  type        = list(string)
  default     = []
  validation {
    condition     = !anytrue([for it in var.groups : startswith(it, "*")])
    error_message = "Name groups or a path: with `*` alone Hallpass could make anybody an administrator."
  }
}

variable "user_policies" {
  description = "ARNs of the managed policies that Hallpass alone attaches to users."
  type        = list(string)
  default     = []
  validation {
    condition     = !anytrue([for it in var.user_policies : strcontains(it, "*")])
    error_message = "Name each managed policy."
  }
}

variable "identity_center" {
  description = "In the account that administers Identity Center: the instance, its identity store and the account that owns it, and what may be assigned where."
  type = object({
    instance_arn    = string
    identity_store  = string
    owner           = string
    permission_sets = list(string)
    accounts        = list(string)
  })
  default = null
}

variable "member_roles" {
  description = "In the account that Hallpass runs in: the roles of this module in other accounts."
  type        = list(string)
  default     = []
}
