// Services as the vendor's own package describes them, so that the wire is theirs and not our reading of it.
import type { ServiceDefinition } from '@grpc/grpc-js'
import { fromJSON } from '@grpc/proto-loader'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const file = createRequire(import.meta.url).resolve(
  '@google-cloud/resource-manager/build/protos/protos.json',
)

export function loadServices() {
  const json = JSON.parse(readFileSync(file, 'utf8')) as Parameters<typeof fromJSON>[0]
  const loaded = fromJSON(json, { longs: String, enums: String, defaults: true })
  const service = (name: string) => {
    const found = loaded[`google.cloud.resourcemanager.v3.${name}`]
    if (!found || 'format' in found) throw new Error(`The package has no service ${name}`)
    return found as ServiceDefinition
  }
  return {
    projects: service('Projects'),
    folders: service('Folders'),
    organizations: service('Organizations'),
  }
}
