#!/usr/bin/env bash
# `npm run bench` on a Postgres and a Redis of its own, which are thrown away after. NB: Postgres writes to the disk
# before it answers (fsync), as anybody's does: figures without that are worth nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bin=$(find /usr/lib/postgresql -name initdb -path '*/bin/*' 2>/dev/null | sort -V | tail -n 1 | xargs -r dirname)
[ -n "$bin" ] && command -v redis-server >/dev/null || { echo 'This needs Postgres and Redis on this machine.' >&2; exit 1; }
# Postgres refuses to run as root.
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
free_port() {
  node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })'
}

work=$(mktemp -d)
chmod 755 "$work"
mkdir "$work/postgres"
[ "$(id -u)" != 0 ] || chown postgres "$work/postgres"
stop_servers() {
  [ ! -f "$work/redis.pid" ] || kill "$(cat "$work/redis.pid")" 2>/dev/null || true
  (cd "$work/postgres" && as_postgres "$bin/pg_ctl" -D "$work/postgres/data" -m immediate -w stop >/dev/null 2>&1) || true
  rm -rf "$work"
}
trap stop_servers EXIT
trap 'exit 130' INT TERM

port=$(free_port)
(
  cd "$work/postgres"
  as_postgres "$bin/initdb" -D "$work/postgres/data" -U hallpass -A trust -E UTF8 >/dev/null
  as_postgres "$bin/pg_ctl" -D "$work/postgres/data" -l "$work/postgres/log" -w \
    -o "-p $port -k $work/postgres -c listen_addresses=127.0.0.1 -c fsync=on -c shared_buffers=512MB -c max_wal_size=4GB" start >/dev/null
)
export BENCH_DATABASE_URL="postgres://hallpass@127.0.0.1:$port/postgres"
port=$(free_port)
redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$work" --daemonize yes --pidfile "$work/redis.pid" >/dev/null
export BENCH_REDIS_URL="redis://127.0.0.1:$port"
npm run --silent bench -- "$@"
