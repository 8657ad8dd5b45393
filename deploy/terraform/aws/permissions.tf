# What the role may do, and by whom it may be taken on, as data: both templates hold JSON values alone, and a statement
# whose list is empty is left out.

locals {
  iam  = "arn:${var.partition}:iam::${var.account}"
  self = "${local.iam}:role/${var.name}"

  boundary_arn = "${local.iam}:policy/${var.name}-boundary"

  arns = {
    users     = [for it in var.users : "${local.iam}:user/${it}"]
    unbounded = [for it in try(var.inline_policies.unbounded_users, []) : "${local.iam}:user/${it}"]
    groups    = [for it in var.groups : "${local.iam}:group/${it}"]
  }
  bounded_users = length(try(var.inline_policies.boundaries, [])) > 0 ? local.arns.users : []

  granted_roles = var.roles_for_grants == null ? [] : ["${local.iam}:role/hallpass/*"]
  # Of a role that is not there, AWS does not know the path: without the second, to ask for one would be denied.
  own_roles = var.roles_for_grants == null ? [] : concat(local.granted_roles, ["${local.iam}:role/hallpass-*-*"])

  center = var.identity_center == null ? [] : [var.identity_center]

  values = {
    self            = [local.self]
    never           = [local.self, local.boundary_arn]
    account_wide    = length(local.arns.users) > 0 ? ["*"] : []
    users           = local.arns.users
    inline_users    = distinct(concat(local.bounded_users, local.arns.unbounded))
    bounded_users   = local.bounded_users
    user_boundaries = try(var.inline_policies.boundaries, [])
    unbounded_users = local.arns.unbounded
    target_roles    = var.target_roles
    session_roles   = var.session_roles
    granted_roles   = local.granted_roles
    own_roles       = local.own_roles
    role_policies   = try(var.roles_for_grants.policies, [])
    role_boundaries = try(var.roles_for_grants.boundaries, [])
    groups          = local.arns.groups
    group_users     = length(var.groups) > 0 ? local.arns.users : []
    policy_users    = length(var.user_policies) > 0 ? local.arns.users : []
    user_policies   = var.user_policies
    member_roles    = var.member_roles

    organization_wide = length(local.center) > 0 ? ["*"] : []
    assignments = flatten([for it in local.center : concat(
      [it.instance_arn],
      it.permission_sets,
      [for account in it.accounts : "arn:${var.partition}:sso:::account/${account}"],
    )])
    directory = flatten([for it in local.center : [
      "arn:${var.partition}:identitystore::${it.owner}:identitystore/${it.identity_store}",
      "arn:${var.partition}:identitystore:::user/*",
      "arn:${var.partition}:identitystore:::membership/*",
    ]])
  }

  statements = [
    for it in jsondecode(templatefile("${path.module}/permissions.json.tftpl", {
      for name, value in local.values : name => jsonencode(value)
    })) : it if length(it.Resource) > 0
  ]

  issuer = var.workload == null ? "" : regex("oidc-provider/(.+)$", var.workload.provider_arn)[0]

  trust_values = {
    providers       = var.workload == null ? [] : [var.workload.provider_arn]
    claims          = var.workload == null ? {} : { "${local.issuer}:sub" = var.workload.subject, "${local.issuer}:aud" = var.workload.audience }
    services        = var.service == null ? [] : [var.service]
    service_actions = var.service == "pods.eks.amazonaws.com" ? ["sts:AssumeRole", "sts:TagSession"] : ["sts:AssumeRole"]
    hubs            = var.hub == null ? [] : [var.hub.role_arn]
    external_id     = var.hub == null ? "" : var.hub.external_id
  }

  trust = [
    for it in jsondecode(templatefile("${path.module}/trust.json.tftpl", {
      for name, value in local.trust_values : name => jsonencode(value)
    })) : it if length(flatten(values(it.Principal))) > 0
  ]

  policy_document = jsonencode({ Version = "2012-10-17", Statement = local.statements })
  trust_document  = jsonencode({ Version = "2012-10-17", Statement = local.trust })
}
