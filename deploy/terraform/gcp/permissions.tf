# What may be done where, as data.

locals {
  permissions = jsondecode(file("${path.module}/permissions.json"))

  # A role for each kind: with that of projects, one that stands on an organization would reach every project in it.
  grants = {
    for resource, roles in var.may_give : resource => {
      kind = split("/", resource)[0]
      id   = split("/", resource)[1]
      condition = trimspace(templatefile("${path.module}/condition.cel.tftpl", {
        roles = jsonencode(roles)
      }))
    }
  }
  kinds = toset([for it in local.grants : it.kind])

  projects      = { for resource, it in local.grants : resource => it if it.kind == "projects" }
  folders       = { for resource, it in local.grants : resource => it if it.kind == "folders" }
  organizations = { for resource, it in local.grants : resource => it if it.kind == "organizations" }
}
