#!/usr/bin/env bash
# Starts PostgreSQL in a container, making the database first where there is none. It keeps the contract of the
# official image: environment, init folder, data path and messages. The functions have that image's names because
# init scripts which are sourced call them.
set -Eeo pipefail

init_folder=/docker-entrypoint-initdb.d

complain() { printf '%s\n' "$@" >&2; }

# file_env NAME [default]: NAME, or the content of the file that NAME_FILE names, or the default; exported.
file_env() {
    local name=$1 file_name=${1}_FILE
    local value=${!name:-} file=${!file_name:-}
    if [[ $value && $file ]]; then
        complain "Error: $name and $file_name exclude each other, and both are set"
        exit 1
    fi
    if [[ $file ]]; then value=$(<"$file"); fi
    export "$name=${value:-${2:-}}"
    unset "$file_name"
}

# Settles the settings and finds out whether there is a database.
docker_setup_env() {
    file_env POSTGRES_PASSWORD
    file_env POSTGRES_USER postgres
    file_env POSTGRES_DB "$POSTGRES_USER"
    file_env POSTGRES_INITDB_ARGS
    : "${POSTGRES_HOST_AUTH_METHOD:=}"

    declare -g DATABASE_ALREADY_EXISTS=${DATABASE_ALREADY_EXISTS:-}
    declare -ga OLD_DATABASES=()
    if [[ -s $PGDATA/PG_VERSION ]]; then
        DATABASE_ALREADY_EXISTS=true
    elif [[ $PGDATA == "/var/lib/postgresql/$PG_MAJOR/docker" ]]; then
        _find_old_databases
    fi
}

# Data of another major version, or a mount that this version would not use: going on would look like losing it.
_find_old_databases() {
    local folder
    for folder in /var/lib/postgresql{,/data,/*/docker}; do
        [[ ! -s $folder/PG_VERSION ]] || OLD_DATABASES+=("$folder")
    done
    if ((${#OLD_DATABASES[@]} == 0 && PG_MAJOR >= 18)) && mountpoint -q /var/lib/postgresql/data; then
        OLD_DATABASES+=('/var/lib/postgresql/data (unused mount/volume)')
    fi
}

# Folders, and as root their owner. Where a mount refuses, PostgreSQL itself is the better one to complain.
docker_create_db_directories() {
    local folders=("$PGDATA" /var/run/postgresql)
    mkdir -p "$PGDATA"
    chmod 0700 "$PGDATA" || true
    mkdir -p /var/run/postgresql || true
    chmod 3775 /var/run/postgresql || true
    if [[ ${POSTGRES_INITDB_WALDIR:-} ]]; then
        mkdir -p "$POSTGRES_INITDB_WALDIR"
        folders+=("$POSTGRES_INITDB_WALDIR")
    fi
    if ((EUID == 0)); then find "${folders[@]}" ! -user postgres -exec chown postgres {} +; fi
    if [[ ${POSTGRES_INITDB_WALDIR:-} ]]; then chmod 0700 "$POSTGRES_INITDB_WALDIR"; fi
}

# Refuses a new database that nobody could log in to, and warns of one that anybody can.
docker_verify_minimum_env() {
    if [[ $POSTGRES_HOST_AUTH_METHOD == trust ]]; then
        complain '' "WARNING: POSTGRES_HOST_AUTH_METHOD is \"trust\": whoever reaches the port gets in, without a password," \
            'even where POSTGRES_PASSWORD is set. Any other container on this machine may be such a one.' ''
    elif [[ -z $POSTGRES_PASSWORD ]]; then
        complain 'Error: Database is uninitialized and superuser password is not specified.' \
            '       Set POSTGRES_PASSWORD to a non-empty value ("docker run -e POSTGRES_PASSWORD=..."), or name a file' \
            '       that holds it in POSTGRES_PASSWORD_FILE.' \
            '       POSTGRES_HOST_AUTH_METHOD=trust does without a password; that is not recommended.'
        exit 1
    fi
}

docker_error_old_databases() {
    ((${#OLD_DATABASES[@]})) || return 0
    complain "Error: in 18+, data lives in a folder of its major version: $PGDATA." \
        '       There appears to be PostgreSQL data in:' "         ${OLD_DATABASES[*]}" \
        '       A newer image does not upgrade older data; pg_upgrade or a dump does.' \
        '       For 18+ mount the volume at /var/lib/postgresql, not at /var/lib/postgresql/data.'
    exit 1
}

# PostgreSQL wants its user to have a name; --user may bring a number that has none.
_fake_user() {
    ! getent passwd "$EUID" >/dev/null || return 0
    local library
    for library in /usr/lib/*/libnss_wrapper.so /usr/lib/libnss_wrapper.so; do
        [[ -s $library ]] || continue
        NSS_WRAPPER_PASSWD=$(mktemp) NSS_WRAPPER_GROUP=$(mktemp)
        echo "postgres:x:$EUID:$(id -g):PostgreSQL:$PGDATA:/bin/false" > "$NSS_WRAPPER_PASSWD"
        echo "postgres:x:$(id -g):" > "$NSS_WRAPPER_GROUP"
        export LD_PRELOAD=$library NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
        return 0
    done
}

_forget_fake_user() {
    [[ ${LD_PRELOAD:-} == */libnss_wrapper.so ]] || return 0
    rm -f "$NSS_WRAPPER_PASSWD" "$NSS_WRAPPER_GROUP"
    unset LD_PRELOAD NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
}

# docker_init_database_dir [initdb option ...]
docker_init_database_dir() {
    local options=()
    _fake_user
    # Quotes in POSTGRES_INITDB_ARGS group words as they do in a shell.
    eval "options=($POSTGRES_INITDB_ARGS)"
    if [[ ${POSTGRES_INITDB_WALDIR:-} ]]; then options+=(--waldir="$POSTGRES_INITDB_WALDIR"); fi
    initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") "${options[@]}" "$@"
    _forget_fake_user
}

# pg_setup_hba_conf [postgres] [server option ...]: lets other hosts in, by the way that passwords are stored.
pg_setup_hba_conf() {
    if [[ ${1:-} == postgres ]]; then shift; fi
    local stored
    stored=$(postgres -C password_encryption "$@")
    : "${POSTGRES_HOST_AUTH_METHOD:=$stored}"
    printf '\nhost all all all %s\n' "$POSTGRES_HOST_AUTH_METHOD" >> "$PGDATA/pg_hba.conf"
}

# docker_temp_server_start [postgres] [server option ...]: a server that only this container's socket reaches.
docker_temp_server_start() {
    if [[ ${1:-} == postgres ]]; then shift; fi
    local options
    printf -v options '%q ' "$@" -c listen_addresses= -p "${PGPORT:-5432}"
    NOTIFY_SOCKET='' PGUSER=${PGUSER:-$POSTGRES_USER} pg_ctl --pgdata="$PGDATA" --options="$options" --wait start
}

docker_temp_server_stop() {
    PGUSER=${PGUSER:-postgres} pg_ctl --pgdata="$PGDATA" --mode=fast --wait stop
}

# docker_process_sql [psql option ...]: runs SQL from a file (-f) or standard input, ending at the first error.
docker_process_sql() {
    local database=()
    if [[ $POSTGRES_DB ]]; then database=(--dbname="$POSTGRES_DB"); fi
    PGHOST='' PGHOSTADDR='' psql -v ON_ERROR_STOP=1 --username="$POSTGRES_USER" --no-password --no-psqlrc "${database[@]}" "$@"
}

docker_setup_db() {
    POSTGRES_DB='' docker_process_sql --dbname=postgres --set=db="$POSTGRES_DB" <<'SQL'
SELECT format('CREATE DATABASE %I', :'db') WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'db') \gexec
SQL
}

# docker_process_init_files [file ...]: each by its kind; what a file fails with ends the container.
docker_process_init_files() {
    local f
    psql=(docker_process_sql)   # scripts of old call "${psql[@]}"
    for f; do
        case $f in
            *.sh)
                if [[ -x $f ]]; then
                    echo "$0: running $f"
                    "$f"
                else
                    echo "$0: sourcing $f"
                    # shellcheck disable=SC1090
                    . "$f"
                fi
                ;;
            *.sql) echo "$0: running $f"; docker_process_sql -f "$f" ;;
            *.sql.gz) echo "$0: running $f"; gunzip -c "$f" | docker_process_sql ;;
            *.sql.xz) echo "$0: running $f"; xzcat "$f" | docker_process_sql ;;
            *.sql.zst) echo "$0: running $f"; zstd -dc "$f" | docker_process_sql ;;
            *) echo "$0: ignoring $f" ;;
        esac
        echo
    done
}

# Options that make postgres print something and exit.
_pg_want_help() {
    local argument
    for argument; do
        case $argument in '-?' | --help | --describe-config | -V | --version) return 0 ;; esac
    done
    return 1
}

_make_database() {
    docker_verify_minimum_env
    docker_error_old_databases
    # A folder that cannot be read should be known before there is half a database.
    ls "$init_folder/" >/dev/null
    docker_init_database_dir
    pg_setup_hba_conf "$@"
    # Needed where initdb was told to ask for passwords on the socket too.
    export PGPASSWORD=${PGPASSWORD:-$POSTGRES_PASSWORD}
    docker_temp_server_start "$@"
    docker_setup_db
    docker_process_init_files "$init_folder"/*
    docker_temp_server_stop
    unset PGPASSWORD
    printf '\nPostgreSQL init process complete; ready for start up.\n\n'
}

_main() {
    if [[ ${1:-} == -* ]]; then set -- postgres "$@"; fi
    if [[ ${1:-} == postgres ]] && ! _pg_want_help "$@"; then
        docker_setup_env
        docker_create_db_directories
        if ((EUID == 0)); then exec gosu postgres "${BASH_SOURCE[0]}" "$@"; fi
        if [[ $DATABASE_ALREADY_EXISTS ]]; then
            printf '\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n'
        else
            _make_database "$@"
        fi
    fi
    exec "$@"
}

# Sourced by another script, this file only lends its functions.
if [[ ${BASH_SOURCE[0]} == "$0" ]]; then _main "$@"; fi
