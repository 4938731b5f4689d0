# What the image declares.
major=$(inspect '{{range .Config.Env}}{{println .}}{{end}}' | sed -n 's/^PG_MAJOR=//p')
data=/var/lib/postgresql/data mount=/var/lib/postgresql/data
if ((${major:-0} >= 18)); then data=/var/lib/postgresql/$major/docker mount=/var/lib/postgresql; fi
env_of() { inspect '{{range .Config.Env}}{{println .}}{{end}}' | sed -n "s/^$1=//p"; }

check "PG_MAJOR is set" test -n "$major"
check "PGDATA is $data" equal "$(env_of PGDATA)" "$data"
check "the volume is $mount" equal "$(inspect '{{range $path, $_ := .Config.Volumes}}{{$path}}{{end}}')" "$mount"
check "stops by SIGINT" equal "$(inspect '{{.Config.StopSignal}}')" SIGINT
check "exposes 5432" equal "$(inspect '{{range $port, $_ := .Config.ExposedPorts}}{{$port}}{{end}}')" 5432/tcp
check "LANG is en_US.utf8" equal "$(env_of LANG)" en_US.utf8
in_image() { docker run --rm --entrypoint bash "$image" -c "$1"; }
check "postgres is 999:999" equal "$(in_image 'id -u postgres; id -g postgres' | paste -sd:)" 999:999
check "the server and its tools are in PATH" in_image \
    'type docker-entrypoint.sh gosu postgres initdb psql pg_ctl pg_isready pg_dump pg_basebackup pg_rewind pgbench'
check "gosu changes the user" equal "$(in_image 'gosu postgres id -un')" postgres
check "--version prints the major version" equal "$(docker run --rm "$image" --version | sed -E 's/[^0-9]*([0-9]+).*/\1/')" "$major"
