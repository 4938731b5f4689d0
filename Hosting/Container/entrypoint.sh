#!/usr/bin/env bash
# Runs one PostgreSQL instance of a PgAspire topology inside an official postgres image. A new data directory is copied
# from a prepared one, and roles, database and init scripts are made by the same server process that goes on afterwards:
# until then it lets nobody in but its own user over the local socket. What is made differs per host and comes in
# PGASPIRE_* variables; passwords come as verifiers only.
set -Eeuo pipefail

: "${PGDATA:?}" "${PG_MAJOR:?}" "${PGASPIRE_MAJOR:?}" "${PGASPIRE_SETTINGS:?}" "${PGASPIRE_HBA:?}" "${PGASPIRE_DATABASE:?}"
scripts=/docker-entrypoint-initdb.d
cache=/var/cache/pgaspire
run=/var/run/postgresql
# What the supervisor of a cluster with replicas wants this instance to be; absent where there are none.
control=/pgaspire/control
making=$PGDATA/pgaspire.making
made=$PGDATA/pgaspire.made

say() { printf 'pgaspire: %s\n' "$*"; }
refuse() { say "refused: $*" >&2; exit 78; }

# Its data would lie beside what is mounted, and be lost with the container: the path depends on the major version.
((PG_MAJOR == PGASPIRE_MAJOR)) || refuse "the image is PostgreSQL $PG_MAJOR, and PostgreSQL $PGASPIRE_MAJOR is declared: declare its version, or name it in the tag"

# As root: folders that are the server's own, then on as its user.
if ((EUID == 0)); then
    mkdir -p "$PGDATA" "$cache" "$run"
    find "$PGDATA" "$run" ! -user postgres -exec chown postgres {} +
    # Not what is in it: other containers make files there at this moment, and take them away.
    chown postgres "$cache"
    chmod 0700 "$PGDATA"
    [[ ! -d $control ]] || for file in "$control"/*; do install -m 0600 -o postgres "$file" "$run/${file##*/}.control"; done
    exec gosu postgres bash "$0" "$@"
fi

# Data that this image cannot serve, or a folder that is not PostgreSQL's: left alone, whatever it is.
check_folder() {
    local folder entry major
    for folder in /var/lib/postgresql /var/lib/postgresql/data /var/lib/postgresql/*/docker; do
        [[ $folder != "$PGDATA" && -s $folder/PG_VERSION ]] || continue
        refuse "there are data of PostgreSQL $(<"$folder/PG_VERSION") in $folder, where PostgreSQL $PG_MAJOR does not look for them"
    done
    if [[ -s $PGDATA/PG_VERSION && ! -e $making ]]; then
        major=$(<"$PGDATA/PG_VERSION")
        [[ $major == "$PG_MAJOR" ]] || refuse "the data are of PostgreSQL $major, the image is PostgreSQL $PG_MAJOR"
        return
    fi
    [[ ! -e $making ]] || return 0
    for entry in "$PGDATA"/* "$PGDATA"/.[!.]*; do
        [[ ! -e $entry || $entry == */lost+found ]] || refuse "the data folder is not empty, and holds no PostgreSQL data: ${entry##*/}"
    done
}

# Makes the prepared data directory once an image and its options; a lock makes other containers wait for it.
prepare_template() {
    local -a options
    local key
    mapfile -t options <<< "${PGASPIRE_INITDB:?}"
    key=$({ postgres --version; printf '%s\n' "${options[@]}"; } | sha256sum)
    template=$cache/${key:0:32}
    exec 9> "$cache/lock"
    flock 9
    if [[ ! -e $template ]]; then
        rm -rf "$template.making"
        initdb --pgdata="$template.making" --no-sync "${options[@]}" --auth-local=peer > "$cache/initdb.log" 2>&1 || {
            cat "$cache/initdb.log" >&2
            refuse "initdb failed"
        }
        sync -f "$cache"
        mv "$template.making" "$template"
    fi
    exec 9>&-
}

# find_checksum BYTE...: the place where the next 4 bytes are the CRC-32C of all before; it differs between versions.
find_checksum() {
    local -a bytes=("$@")
    local i
    crc=$((0xFFFFFFFF))
    for ((i = 0; i < ${#bytes[@]} - 4; i++)); do
        if ((i >= 200 && i % 4 == 0 && (bytes[i] | bytes[i + 1] << 8 | bytes[i + 2] << 16 | bytes[i + 3] << 24) == (crc ^ 0xFFFFFFFF))); then
            place=$i
            return
        fi
        add_byte "${bytes[i]}"
    done
    return 1
}

add_byte() {
    local bits=8
    ((crc ^= $1, 1))
    while ((bits-- > 0)); do ((crc = crc & 1 ? crc >> 1 ^ 0x82F63B78 : crc >> 1, 1)); done
}

# write FILE OFFSET NUMBER COUNT: little-endian bytes in place.
write() {
    local text='' i
    for ((i = 0; i < $4; i++)); do printf -v text '%s\\x%02x' "$text" $(($3 >> 8 * i & 255)); done
    # shellcheck disable=SC2059
    printf "$text" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# A copy needs a system identifier of its own, as initdb makes one: in the control file and the first WAL page.
give_identity() {
    local control=$PGDATA/global/pg_control place crc i identity
    local -a bytes segments=("$PGDATA"/pg_wal/[0-9A-F]*)
    ((${#segments[@]} == 1)) || return 1
    read -ra bytes -d '' < <(od -An -v -tu1 -w1 -N512 "$control") || true
    find_checksum "${bytes[@]}" || return 1
    identity=$(($(date +%s) << 32 | $(od -An -N4 -tu4 /dev/urandom)))
    write "$control" 0 "$identity" 8
    crc=$((0xFFFFFFFF))
    for ((i = 0; i < place; i++)); do
        add_byte $((i < 8 ? identity >> 8 * i & 255 : bytes[i]))
    done
    write "$control" "$place" $((crc ^ 0xFFFFFFFF)) 4
    write "${segments[0]}" 24 "$identity" 8
}

make_data() {
    local template script
    [[ -r $scripts && -x $scripts ]] || refuse "the folder of the init scripts cannot be read by user $EUID: give others read access"
    for script in "$scripts"/*; do
        [[ ! -e $script || -r $script ]] || refuse "the init script ${script##*/} cannot be read by user $EUID: give others read access"
    done
    say "making a new data directory"
    find "$PGDATA" -mindepth 1 -maxdepth 1 ! -name pgaspire.making ! -name lost+found -exec rm -rf {} +
    : > "$making"
    prepare_template
    cp -r "$template/." "$PGDATA"
    give_identity || refuse "the prepared data directory has an unknown layout"
}

# configure [line ...]: all that is generated lies outside the data directory, which stays as initdb made it.
configure() {
    printf '%s\n' "include '$PGDATA/postgresql.conf'" "$PGASPIRE_SETTINGS" "listen_addresses = '*'" "port = 5432" \
        "unix_socket_directories = '$run'" "hba_file = '$run/pg_hba.conf'" "ident_file = '$run/pg_ident.conf'" "$@" > "$run/postgresql.conf"
    printf '%s\n' "${PGASPIRE_IDENT:?}" > "$run/pg_ident.conf"
}

admit() { printf '%s\n' "$1" > "$run/pg_hba.conf"; }

sql() { psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --output /dev/null "$@"; }

run_script() {
    case $1 in
        *.sql) sql --file "$1" ;;
        *.sql.gz) gunzip -c "$1" | sql --file - ;;
        *.sh) if [[ -x $1 ]]; then "./$1"; else bash -c "${PGASPIRE_SHELL:?}" bash "./$1"; fi ;;
    esac
}

run_scripts() {
    local name status LC_ALL=C
    cd "$scripts"
    export PGDATABASE=$PGASPIRE_DATABASE POSTGRES_DB=$PGASPIRE_DATABASE POSTGRES_USER=postgres
    for name in *; do
        [[ $name == *.sql || $name == *.sql.gz || $name == *.sh ]] || continue
        say "running init script $name"
        status=0
        { run_script "$name" 2>&1 >&3 3>&- | while IFS= read -r line; do printf 'pgaspire [%s] %s\n' "$name" "$line" >&2; done; } 3>&1 || status=$?
        ((status == 0)) || { say "init script $name failed with exit code $status" >&2; return 1; }
    done
    sql <<< "$PGASPIRE_HANDOVER CHECKPOINT;"
}

wait_for_server() {
    local -a lines=()
    local never
    # Not by sleep: a process fifty times a second is much, while many servers start.
    exec {never}<> <(:)
    until [[ ${lines[7]:-} == ready* ]]; do
        read -rt 0.02 -u "$never" || true
        [[ -e $PGDATA/postmaster.pid ]] && mapfile -t lines < "$PGDATA/postmaster.pid"
    done 2>/dev/null
    exec {never}>&-
}

fill() {
    trap 'give_up; exit 0' ERR
    export PGHOST=$run PGUSER=postgres PGDATABASE=postgres
    wait_for_server
    # Whoever knocks meanwhile is turned away, which is no news; nor is a statement with a verifier in it.
    configure "fsync = off" "log_min_messages = panic"
    kill -HUP "$$"
    sql <<< "${PGASPIRE_BOOTSTRAP:?} ${PGASPIRE_MONITOR:?}"
    run_scripts
    configure "log_min_messages = panic"
    kill -HUP "$$"
    [[ ${PGASPIRE_DURABILITY:-} == fast ]] || sync -f "$PGDATA"
    mv "$making" "$made"
    configure
    admit "$PGASPIRE_HBA"
    kill -HUP "$$"
    say "ready"
}

# Data that an older PgAspire made lack some of what the role monitor may: it gets that from every start, which changes
# nothing where it is there. The server goes on without.
complete() {
    local database tries=0
    trap - ERR
    export PGHOST=$run PGUSER=postgres
    wait_for_server
    # What a crash left of the file says ready too.
    until psql --no-psqlrc --quiet --command '' postgres 2> /dev/null; do
        ((tries++ < 300)) || return 0
        sleep 0.2
    done
    for database in postgres "$PGASPIRE_DATABASE"; do
        sql --dbname "$database" <<< "${PGASPIRE_MONITOR:?}" || say "the role monitor lacks rights in database $database" >&2
    done
}

# Ends the server, by way of a lost process so that the container's exit code tells that something failed.
give_up() {
    local checkpointer
    trap - ERR
    checkpointer=$(psql --no-psqlrc -Atc "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'" postgres)
    say "gave up; the next start begins anew" >&2
    kill -INT "$$"
    kill -KILL "$checkpointer"
}

# Sets the variables role, make, anew, primary and name from the supervisor's file.
read_role() {
    local key value
    role=primary make=yes anew='' primary='' name=''
    [[ -e $run/role.control ]] || return 0
    make=''
    while IFS== read -r key value; do
        case $key in role | make | anew | primary | name) printf -v "$key" %s "$value" ;; esac
    done < "$run/role.control"
}

# The password lies in a file, so that no setting, statement or view has it; a server's working folder is its data directory.
write_password() {
    printf '*:*:*:replicator:%s\n' "$(<"$run/replicator.control")" > "$1/pgaspire.replicator"
    chmod 0600 "$1/pgaspire.replicator"
}

# A new data directory that follows the primary, which has to run and to have a slot for it.
copy_data() {
    local copy=$PGDATA/copy until=$((SECONDS + 600))
    say "copying the data of $primary"
    : > "$making"
    rm -f "$made"
    until
        find "$PGDATA" -mindepth 1 -maxdepth 1 ! -name pgaspire.making ! -name lost+found -exec rm -rf {} +
        PGPASSWORD=$(<"$run/replicator.control") pg_basebackup --pgdata="$copy" --host="$primary" --username=replicator \
            --slot="$name" --checkpoint=fast --wal-method=stream --no-password --no-sync 2> "$run/basebackup.log"
    do
        ((SECONDS < until)) || { cat "$run/basebackup.log" >&2; refuse "the data of $primary cannot be copied"; }
        # Each try costs the primary a checkpoint and a segment of WAL.
        sleep 1
    done
    rm -f "$copy/pgaspire.made"
    mv "$copy"/* "$PGDATA"
    rmdir "$copy"
}

# Data that were a primary's go back to where they parted from the new primary's; pg_rewind recovers them first where it has to.
rewind_data() {
    say "rewinding the data to where they part from those of $primary"
    # pg_rewind copies all WAL, and the segments of earlier timelines stay for as long as the last one is still being written.
    PGPASSWORD=$(<"$run/postgres.control") psql --no-psqlrc --quiet --output=/dev/null --host="$primary" --username=postgres --dbname=postgres \
        --command='SELECT pg_switch_wal()' --command=CHECKPOINT
    # A killed server leaves it, with the number 1, which is this script now: the recovery would take it for a running server.
    rm -f "$PGDATA/postmaster.pid"
    PGPASSWORD=$(<"$run/postgres.control") pg_rewind --target-pgdata="$PGDATA" \
        --source-server="host=$primary user=postgres dbname=postgres" || { say "the data cannot be rewound" >&2; exit 75; }
}

follow_primary() {
    if [[ $anew == yes || ! -s $PGDATA/PG_VERSION || -e $making ]]; then
        [[ $anew != never ]] || refuse "the data of this instance are gone, and there is no primary to copy"
        copy_data
    elif [[ ! -e $PGDATA/standby.signal ]]; then
        rewind_data
    fi
    write_password "$PGDATA"
    {
        grep -vE '^(primary_conninfo|primary_slot_name) =' "$PGDATA/postgresql.auto.conf" || true
        printf "primary_conninfo = 'host=%s port=5432 user=replicator passfile=pgaspire.replicator application_name=%s connect_timeout=5'\n" "$primary" "$name"
        printf "primary_slot_name = '%s'\n" "$name"
    } > "$run/auto.conf"
    cp "$run/auto.conf" "$PGDATA/postgresql.auto.conf"
    : > "$PGDATA/standby.signal"
    [[ ${PGASPIRE_DURABILITY:-} == fast ]] || sync -f "$PGDATA"
    [[ ! -e $making ]] || mv "$making" "$made"
}

check_folder
read_role
if [[ $role == replica ]]; then
    follow_primary
elif [[ $make != yes && ( ! -s $PGDATA/PG_VERSION || -e $making ) ]]; then
    refuse "the data of this instance are gone, and a new data directory is only made for a new cluster"
fi
if [[ ! -s $PGDATA/PG_VERSION || -e $making ]]; then
    make_data
    # Nothing is durable before it is complete: one flush at the end instead of many on the way.
    configure "fsync = off"
    admit "${PGASPIRE_HBA_MAKING:?}"
    fill &
else
    [[ ! -e $run/replicator.control ]] || write_password "$PGDATA"
    configure
    admit "$PGASPIRE_HBA"
    complete &
fi
# Where there is no supervisor any more, nothing of what it set may make commits wait for replicas that are gone.
alone=()
[[ -e $run/role.control ]] || alone=(-c synchronous_standby_names=)
exec postgres -D "$PGDATA" -c config_file="$run/postgresql.conf" "${alone[@]}"
