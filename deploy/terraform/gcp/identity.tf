# Who may act as the service account.

resource "google_iam_workload_identity_pool" "hallpass" {
  count                     = var.workload == null ? 0 : 1
  project                   = var.project
  workload_identity_pool_id = var.name
  display_name              = "Hallpass"
}

resource "google_iam_workload_identity_pool_provider" "hallpass" {
  count                              = var.workload == null ? 0 : 1
  project                            = var.project
  workload_identity_pool_id          = google_iam_workload_identity_pool.hallpass[0].workload_identity_pool_id
  workload_identity_pool_provider_id = var.name
  attribute_mapping                  = { "google.subject" = "assertion.sub" }
  attribute_condition                = "assertion.sub == ${jsonencode(var.workload.subject)}"
  oidc {
    issuer_uri        = var.workload.issuer
    allowed_audiences = var.workload.audiences
  }
}

resource "google_service_account_iam_member" "workload" {
  count              = var.workload == null ? 0 : 1
  service_account_id = google_service_account.hallpass.name
  role               = "roles/iam.workloadIdentityUser"
  member             = "principal://iam.googleapis.com/${google_iam_workload_identity_pool.hallpass[0].name}/subject/${var.workload.subject}"
}

resource "google_service_account_iam_member" "gke" {
  count              = var.gke == null ? 0 : 1
  service_account_id = google_service_account.hallpass.name
  role               = "roles/iam.workloadIdentityUser"
  member             = "serviceAccount:${var.gke.project}.svc.id.goog[${var.gke.service_account}]"
}
