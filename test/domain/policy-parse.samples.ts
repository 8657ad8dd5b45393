// Documents in which everything is said that can be said.

export const fullOrganization = `version: 1
roles:
  orders-deploy:
    description: Deploy one of the shop's services
    bindings:
      - aws: { account: "111122223333", allow: [{ actions: [s3:PutObject], resources: ["arn:aws:s3:::shop-{service}/*"] }] }
    parameters: { service: { exists: "services/{service}", max: 2 } }
    repositories: [shop-*]
    eligible: [team:backend]
    lease: { default: 1h, max: 4h }
    approval: { stages: [{ by: [team:Backend], count: 1 }, { by: [team:sre, on-call:primary, user:7], count: 2 }], separate: false, lapses: 12h }
    limits: { at_once: 3, cooldown: 10m, daily: 12h }
    break_glass: { eligible: [team:sre, user:7], notify: [team:security], reviewers: [team:security], lease: 30m }
  orders-read:
    description: Assume a role that reads
    bindings:
      - aws: { account: "111122223333", assume: "arn:aws:iam::111122223333:role/orders-read" }
    repositories: [shop-*]
    eligible: [team:backend]
    lease: { default: 2h, max: 4h }
    residual: 1h
    approval: { by: [on-call:secondary], count: 1 }
    break_glass: { eligible: [user:7], notify: [user:8], reviewers: [user:8] }
  shop-inspect:
    description: Look at the shop in three clouds
    bindings:
      - aws: { account: "111122223333", assume: "arn:aws:iam::111122223333:role/shop", end_sessions: true }
      - aws: { account: "111122223333", role_with: { policies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"], boundary: "arn:aws:iam::111122223333:policy/bounds" } }
      - aws: { account: "111122223333", group: shop, exclusive: true }
      - aws: { account: "111122223333", attach: "arn:aws:iam::111122223333:policy/shop", exclusive: true }
      - aws: { account: "111122223333", permission_set: "arn:aws:sso:::permissionSet/ssoins-7223aaaa1111bbbb/ps-1234aaaa5678bbbb", exclusive: true }
      - gcp: { project: shop-prod, role: roles/storage.objectViewer, only: projects/_/buckets/shop/* }
      - gcp: { folder: 12, role: roles/cloudsql.viewer }
      - gcp: { organization: 34, role: organizations/34/roles/inspect }
      - azure: { scope: /subscriptions/0a0a0a0a-0000-4000-8000-000000000001/resourceGroups/Shop, role: Reader, via: pim }
      - azure: { scope: /providers/Microsoft.Management/managementGroups/shop, role: Reader, exclusive: true }
    repositories: [shop-*]
    eligible: [team:backend]
    lease: { default: 1h, max: 4h }
    residual: 1h
    approval: none
limits:
  person: { at_once: 4, cooldown: 5m }
  repository: { daily: 2d }
  team: 12
on_call:
  primary: { people: [583231, 7] }
  secondary: { url: "https://on-call.example/who?team=a", token: HALLPASS_ON_CALL_TOKEN_X, select: "oncalls.*.user.id", people: { PABC: 583231 }, fallback: [team:sre] }
identities:
  - { github: 583231, name: "@octocat", aws: [{ account: "111122223333", user: octocat, id: AIDACKCEVSQ6C2EXAMPLE }], identity_center: { user: octocat, id: 0a0a0a0a-0000-4000-8000-000000000002 }, gcp: { email: octocat@example.com }, azure: { object_id: 0a0a0a0a-0000-4000-8000-000000000003, name: Octo Cat } }
identity_sources:
  saml: { aws: [{ account: "111122223333", user: "{name_id_local}" }], identity_center: "{name_id}", gcp: "{name_id}" }
  template: { aws: [{ account: "444455556666", user: "gh-{login}" }], identity_center: "{login}", gcp: "{login}@example.com" }
policy_changes: { widening: { by: [team:security], count: 2 } }
enrolled: { property: hallpass, value: "yes" }
rules:
  - name: deploy what changes
    when: { review_requested: { paths: { include: ["services/{service}/**"], exclude: ["**/*.md"] }, base: [main, release/*], labels: [ready, "size/?"], author: [team:x, user:1, role:write], actor: [role:maintain], draft: false, hours: [{ zone: Europe/Berlin, days: [mon-fri, sun], from: "09:00", until: "18:30" }, { zone: UTC, from: "22:00", until: "06:00" }] } }
    give: orders-deploy
    for: 2h
    until: [reviewed, pushed, merged]
  - name: whoever labels
    when: { labeled: [needs-prod-access, "incident/*"] }
    to: assignees
    give: orders-read
    break_glass: true
  - name: labels and more
    when: { labeled: { names: [incident], base: [main] } }
    to: sender
    give: orders-read
    for: 30m
  - name: assigned people
    when: { assigned: {} }
    give: orders-read
  - name: asked for
    when: { requested: { paths: ["services/{service}/**"] } }
    give: orders-deploy
  - name: authors
    when: { review_requested: {} }
    to: author
    give: orders-read
`

export const fullRepository = `version: 1
rules:
  - name: our own
    when: { labeled: { names: ["incident/*"], hours: [{ zone: Asia/Tokyo, days: [fri-mon], from: "00:00", until: "24:00" }] } }
    to: author
    give: orders-read
    until: [unlabeled, closed]
  - name: what changed
    when: { requested: { paths: { include: ["services/{service}/**"] } } }
    give: orders-deploy
    for: 4h
`
