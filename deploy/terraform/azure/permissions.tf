# What may be done where, as data.

locals {
  permissions = jsondecode(file("${path.module}/permissions.json"))
  actions     = concat(local.permissions.always, var.pim ? local.permissions.pim : [])

  conditions = {
    for scope, roles in var.may_give : scope => trimspace(templatefile("${path.module}/condition.tftpl", {
      roles = join(", ", roles)
    }))
  }
}
