output "client_id" {
  description = "Tells which identity to use (`AZURE_CLIENT_ID`)."
  value       = azurerm_user_assigned_identity.hallpass.client_id
}

output "object_id" {
  description = "By which Azure's logs name Hallpass."
  value       = azurerm_user_assigned_identity.hallpass.principal_id
}
