// Each way of giving access in the drill's policy, with what its cloud knows of it.
import { place, type WayName } from './roles.ts'
import type { DrillScene } from './scene.ts'
import type { Way } from './way.ts'
import { allowed, assigned, assumed, attached, group, madeRole } from './ways-aws.ts'
import { bound, plain, scheduled } from './ways-clouds.ts'

export function waysOf(scene: DrillScene): Readonly<Record<WayName, Way>> {
  return {
    assume: assumed(scene, place.assume.arn),
    'assume-ending': assumed(scene, place['assume-ending'].arn),
    allow: allowed(scene),
    role: madeRole(scene),
    group: group(scene, place.group),
    attach: attached(scene),
    set: assigned(scene),
    binding: bound(scene, place.project),
    pim: scheduled(scene),
    plain: plain(scene, place.plain),
    'wide-group': group(scene, place.wideGroup),
    'wide-binding': bound(scene, place.wideProject),
    'wide-plain': plain(scene, place.widePlain),
  }
}
