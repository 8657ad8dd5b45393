# The service account that Hallpass acts as, and where it may give what. It has no keys.

resource "google_service_account" "hallpass" {
  project      = var.project
  account_id   = var.name
  display_name = "Hallpass"
  description  = "Gives and takes time-boxed access for pull requests."
}

resource "google_organization_iam_custom_role" "hallpass" {
  for_each    = var.organization == null ? toset([]) : local.kinds
  org_id      = var.organization
  role_id     = "hallpass${title(each.key)}"
  title       = "Hallpass on ${each.key}"
  description = "Reads and writes policies. To be bound with a condition on the roles alone."
  permissions = local.permissions[each.key]
}

resource "google_project_iam_custom_role" "hallpass" {
  for_each    = var.organization == null ? local.projects : {}
  project     = each.value.id
  role_id     = "hallpassProjects"
  title       = "Hallpass on projects"
  description = "Reads and writes policies. To be bound with a condition on the roles alone."
  permissions = local.permissions.projects
}

# NB: members one by one. What sets whole bindings or policies would take away what Hallpass has given.

resource "google_project_iam_member" "hallpass" {
  for_each = local.projects
  project  = each.value.id
  role = (var.organization == null
    ? google_project_iam_custom_role.hallpass[each.key].name
  : google_organization_iam_custom_role.hallpass["projects"].name)
  member = google_service_account.hallpass.member
  condition {
    title      = "Only the roles that Hallpass may give"
    expression = each.value.condition
  }
}

resource "google_folder_iam_member" "hallpass" {
  for_each = local.folders
  folder   = each.key
  role     = google_organization_iam_custom_role.hallpass["folders"].name
  member   = google_service_account.hallpass.member
  condition {
    title      = "Only the roles that Hallpass may give"
    expression = each.value.condition
  }
}

resource "google_organization_iam_member" "hallpass" {
  for_each = local.organizations
  org_id   = each.value.id
  role     = google_organization_iam_custom_role.hallpass["organizations"].name
  member   = google_service_account.hallpass.member
  condition {
    title      = "Only the roles that Hallpass may give"
    expression = each.value.condition
  }
}
