variable "project" {
  description = "Id of the project in which Hallpass's service account is made. Choose one that Hallpass gives no access to."
  type        = string
  validation {
    condition     = !contains(keys(var.may_give), "projects/${var.project}")
    error_message = "Make the service account in a project of its own: whoever is given access to it could become Hallpass."
  }
}

variable "organization" {
  description = "Number of the organization, where the roles are made. Left out, each project gets its own: enough for projects alone."
  type        = string
  default     = null
  validation {
    condition     = var.organization != null || alltrue([for it in keys(var.may_give) : startswith(it, "projects/")])
    error_message = "For folders and organizations, name the organization."
  }
}

variable "name" {
  description = "Of the service account."
  type        = string
  default     = "hallpass"
}

variable "may_give" {
  description = "What may be given where: `projects/<id>`, `folders/<number>` or `organizations/<number>` → the roles, at most 10 for each."
  type        = map(list(string))
  validation {
    condition     = alltrue([for it in keys(var.may_give) : can(regex("^(projects/[a-z][a-z0-9-]+|folders/[0-9]+|organizations/[0-9]+)$", it))])
    error_message = "A resource is projects/<id>, folders/<number> or organizations/<number>."
  }
  validation {
    condition     = alltrue([for it in values(var.may_give) : length(it) > 0 && length(it) <= 10])
    error_message = "Google compares the roles of one write with at most 10. With more to give, make a role of your own that holds several."
  }
  validation {
    condition = alltrue([
      for it in flatten(values(var.may_give)) :
      can(regex("^(roles|projects/[^/]+/roles|organizations/[0-9]+/roles)/[A-Za-z0-9_.]+$", it)) &&
      !can(regex("/(hallpass[A-Z][a-z]+|owner|editor|viewer|iam\\.securityAdmin|resourcemanager\\.[A-Za-z]+Admin)$", it))
    ])
    error_message = "A role is roles/<name>, projects/<id>/roles/<name> or organizations/<number>/roles/<name>; basic roles take no conditions, and a role that gives roles would let whoever has it go on."
  }
}

# Who may act as the service account. None of these where it is attached to the machine or the service that runs Hallpass.

variable "workload" {
  description = "A workload anywhere: the issuer of its tokens, and the one subject that is Hallpass."
  type = object({
    issuer    = string
    subject   = string
    audiences = optional(list(string), [])
  })
  default = null
}

variable "gke" {
  description = "A Kubernetes service account in a cluster of Google's: the project of the cluster, and `<namespace>/<service account>`."
  type = object({
    project         = string
    service_account = string
  })
  default = null
}
