# The identity that Hallpass acts as, and where it may give what. It has no secrets.

resource "azurerm_user_assigned_identity" "hallpass" {
  name                = var.name
  resource_group_name = var.resource_group
  location            = var.location
}

resource "azurerm_federated_identity_credential" "workload" {
  count                     = var.workload == null ? 0 : 1
  name                      = var.name
  user_assigned_identity_id = azurerm_user_assigned_identity.hallpass.id
  issuer                    = var.workload.issuer
  subject                   = var.workload.subject
  audience                  = [var.workload.audience]
}

# Narrower than Role Based Access Control Administrator, which may also read everything and open support requests.
resource "azurerm_role_definition" "hallpass" {
  name              = "Hallpass (${var.name})"
  description       = "Gives and takes roles. To be assigned with a condition on the roles alone."
  scope             = var.defined_at[0]
  assignable_scopes = var.defined_at
  permissions {
    actions = local.actions
  }
}

resource "azurerm_role_assignment" "hallpass" {
  for_each           = local.conditions
  scope              = each.key
  role_definition_id = azurerm_role_definition.hallpass.role_definition_resource_id
  principal_id       = azurerm_user_assigned_identity.hallpass.principal_id
  principal_type     = "ServicePrincipal"
  condition          = each.value
  condition_version  = "2.0"
}
