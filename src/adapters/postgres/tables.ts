// The columns as statements see them. Instants are milliseconds; what each table is for stands in the migrations.
import type { ColumnType, GeneratedAlways } from 'kysely'
import type { Debt } from '../../domain/debts/types.ts'
import type { LostDelivery } from '../../domain/deliveries/judge-attempts.ts'
import type { Freeze } from '../../domain/grants/freeze.ts'
import type { Grant } from '../../domain/grants/types.ts'
import type { Binding, CloudRole, LaneAddress, Principal } from '../../domain/lanes/types.ts'
import type { Notice } from '../../domain/messages/types.ts'
import type { NotedSeat, Unclaimed } from '../../domain/seat/judge-seat.ts'
import type { Subject } from '../../domain/subjects.ts'
import type { Instant } from '../../domain/time.ts'
import type { Posted } from '../../workflows/ports.ts'

/** Written as text: see `jsonText`. */
type Json<T> = ColumnType<T, string, string>
type Defaulted<T> = ColumnType<T, T | undefined, T>

export interface Tables {
  instance: { id: string; created_at: Instant }
  chain: { position: number; hash: string }
  events: {
    position: number
    at: Instant
    stream: string
    stream_version: number
    type: string
    canonical: string
    hash: string
  }
  personal: { commitment: string; position: number; salt: string; value: string }
  policy_documents: { place: string; blob: string }
  deliveries: {
    id: string
    sequence: GeneratedAlways<number>
    work_key: GeneratedAlways<string>
    event: string
    action: string | null
    installation_id: number
    account_id: number
    subject: string | null
    body: Uint8Array
    body_hash: string
    received_at: Instant
    state: Defaulted<'pending' | 'done' | 'failed'>
    attempts: Defaulted<number>
    next_at: Instant
    last_error: Defaulted<string | null>
    outcome: Defaulted<string | null>
    done_at: Defaulted<Instant | null>
  }
  claims: { key: string; owner: string | null; fence: number; until: Instant; taken_over: boolean }
  subjects: {
    key: string
    installation_id: number
    account_id: number
    repository_id: number
    number: number
    kind: Subject['kind']
    owner: string
    repository: string
    dirty_version: number
    clean_version: Defaulted<number>
    dirty: GeneratedAlways<boolean>
    /** A row of before may lack what was added since. */
    posted: ColumnType<Partial<Posted>, string | undefined, string>
    retry_at: Defaulted<Instant>
    failures: Defaulted<number>
    last_error: Defaulted<string | null>
  }
  notices: { subject: string; key: string; at: Instant; notice: Json<Notice> }
  grants: {
    id: string
    subject: string
    cause: string
    role: string
    recipient_id: number
    phase: Grant['phase']
    version: number
    state: Json<Grant>
    requested_at: Instant
    ends_at: Instant | null
    due_at: Instant | null
    standing_checked_at: Instant
    live: GeneratedAlways<boolean>
    held: GeneratedAlways<boolean>
    repository_id: GeneratedAlways<number | null>
    open: GeneratedAlways<boolean>
    leased_at: GeneratedAlways<Instant | null>
    leased_seconds: GeneratedAlways<number | null>
    over_at: GeneratedAlways<Instant | null>
    standing_version: Defaulted<number>
    standing_clean: Defaulted<number>
    questioned: GeneratedAlways<boolean>
  }
  holds: {
    grant_id: string
    binding_id: string
    state: string
    due_at: Defaulted<Instant | null>
    removed_at: Defaulted<Instant | null>
    certain_at: Defaulted<Instant | null>
    way: Defaulted<string | null>
  }
  lanes: {
    id: string
    address: Json<LaneAddress>
    dirty_version: Defaulted<number>
    clean_version: Defaulted<number>
    tried_version: Defaulted<number>
    dirty: GeneratedAlways<boolean>
    check_at: Defaulted<Instant | null>
    failures: Defaulted<number>
    last_error: Defaulted<string | null>
    settled_at: Defaulted<Instant | null>
  }
  bindings: {
    id: string
    lane_id: string
    binding: Json<Omit<Binding, 'endsAt'>>
    ends_at: Instant
    desired: Defaulted<boolean>
    held: Defaulted<boolean>
    attempted_at: Defaulted<Instant | null>
    present_at: Defaulted<Instant | null>
    missed_at: Defaulted<Instant | null>
    removed_at: Defaulted<Instant | null>
    certain_at: Defaulted<Instant | null>
    sessions_until: Defaulted<Instant | null>
    latest_ends_at: Instant
    sessions_ended_at: Defaulted<Instant | null>
    adopted_at: Defaulted<Instant | null>
    stands_until: Defaulted<Instant | null>
    stands_since: Defaulted<Instant | null>
    open: GeneratedAlways<boolean>
  }
  sites: { id: string; role: Json<CloudRole> }
  alarms: { id: string; place: string; at: Instant; text: string }
  schedule: {
    one_row: Defaulted<boolean>
    reconcile_at: Defaulted<Instant | null>
    recover_at: Defaulted<Instant | null>
    recovered_to: Defaulted<Instant | null>
  }
  lost_deliveries: {
    guid: string
    attempt_id: string
    event: string
    lost_at: Instant
    asked: number
    next_at: Instant
    state: LostDelivery['state']
  }
  seat: {
    one_row: Defaulted<boolean>
    noted: Json<NotedSeat> | null
    unclaimed: Json<Unclaimed> | null
    found_at: Instant | null
    claimed_at: Instant | null
    copied_at: Instant | null
    asked_since: Defaulted<Instant>
    asks: Defaulted<boolean>
  }
  acts: { act: string; at: Instant }
  freezes: { id: string; at: Instant; state: Json<Freeze> }
  debts: {
    id: string
    code: string
    person_id: number
    requester_id: number
    subject: string
    opened_at: Instant
    debt: Json<Debt>
    open: GeneratedAlways<boolean>
  }
  identity_links: {
    person_id: number
    cloud: Principal['cloud']
    account: string
    principal_id: string
  }
  policy_texts: { blob: string; text: string }
  decisions: {
    sequence: GeneratedAlways<number>
    grant_id: string
    revision: number
    at: Instant
    facts: string
    blobs: readonly string[]
  }
  accepted_policies: { place: string; blob: string }
}
