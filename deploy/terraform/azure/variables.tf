variable "resource_group" {
  description = "Name of the resource group in which Hallpass's identity is made. Choose one that Hallpass gives no access to."
  type        = string
}

variable "location" {
  description = "Region of the identity."
  type        = string
}

variable "name" {
  description = "Of the identity."
  type        = string
  default     = "hallpass"
}

variable "defined_at" {
  description = "Where the role can be used: subscriptions (`/subscriptions/…`), with at most one management group among them."
  type        = list(string)
  validation {
    condition     = length(var.defined_at) > 0
    error_message = "Name one subscription or management group at least."
  }
}

variable "may_give" {
  description = "What may be given where: scope (`/subscriptions/…` and below, or a management group) → ids (GUIDs) of the roles."
  type        = map(list(string))
  validation {
    condition     = alltrue([for it in keys(var.may_give) : startswith(it, "/subscriptions/") || startswith(it, "/providers/Microsoft.Management/managementGroups/")])
    error_message = "A scope begins with /subscriptions/ or with /providers/Microsoft.Management/managementGroups/."
  }
  validation {
    condition = alltrue([
      for it in values(var.may_give) :
      length(it) > 0 && alltrue([for id in it : can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", id))])
    ])
    error_message = "Each scope has one role at least, and a role is its id: a GUID in lower case."
  }
  validation {
    condition = length(setintersection(flatten(values(var.may_give)), [
      "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", # Owner
      "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", # User Access Administrator
      "f58310d9-a9f6-439a-9e8d-f62e7b41a168", # Role Based Access Control Administrator
    ])) == 0
    error_message = "Owner, User Access Administrator and Role Based Access Control Administrator give roles: whoever has one could go on without Hallpass."
  }
}

variable "pim" {
  description = "Whether access is given by Privileged Identity Management (`via: pim` or `auto`), which ends it by itself."
  type        = bool
  default     = false
}

variable "workload" {
  description = "A workload anywhere: the issuer of its tokens, and the one subject that is Hallpass. Left out where the identity is assigned to the machine or the service that runs Hallpass."
  type = object({
    issuer   = string
    subject  = string
    audience = optional(string, "api://AzureADTokenExchange")
  })
  default = null
}
