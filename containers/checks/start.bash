# How a container starts, and what it refuses.
auth=(-e "POSTGRES_PASSWORD=$password")

start bare
check "without a password it fails" fails bare
check "and says what is missing" logged bare POSTGRES_PASSWORD

printf '%s' "$password" > "$work/password"
chmod 644 "$work/password"
start both "${auth[@]}" -e POSTGRES_PASSWORD_FILE=/password -v "$work/password:/password:ro"
check "a password and a password file exclude each other" fails both

start args -e POSTGRES_PASSWORD_FILE=/password -v "$work/password:/password:ro" \
    -e POSTGRES_USER=owner -e POSTGRES_DB=shop -e 'POSTGRES_INITDB_ARGS=--data-checksums --wal-segsize=32' \
    -e POSTGRES_INITDB_WALDIR=/wal -- -c max_connections=42 -c 'cluster_name=two words'
check "starts with a password file" ready args
user=owner database=shop
check "-c reaches the server" answers args 'SHOW max_connections' 42
check "an argument may hold a blank" answers args 'SHOW cluster_name' 'two words'
check "POSTGRES_INITDB_ARGS reaches initdb" answers args 'SHOW wal_segment_size' 32MB
check "POSTGRES_INITDB_WALDIR holds the log" docker exec "$prefix-args" test -d /wal/archive_status
check "POSTGRES_USER is superuser" answers args 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user' t
check "POSTGRES_DB exists" answers args 'SELECT current_database()' shop
check "listens on every address" answers args 'SHOW listen_addresses' '*'
check "the cluster is UTF-8, en_US" answers args \
    "SELECT pg_encoding_to_char(encoding) || ' ' || datcollate FROM pg_database WHERE datname = 'shop'" 'UTF8 en_US.utf8'
check "contrib is there" sql args 'CREATE EXTENSION pg_stat_statements; CREATE EXTENSION pgcrypto'
# Over the container's own address, which pg_hba.conf does not trust as it does the loopback.
by_password() {
    docker exec -e "PGPASSWORD=$1" "$prefix-args" sh -c 'psql -w -h "$(hostname -i)" -U owner -d shop -c "SELECT 1"'
}
check "the password opens over the network" by_password "$password"
check "a wrong password does not" bash -c '! "$@"' - docker exec -e PGPASSWORD=wrong "$prefix-args" \
    sh -c 'psql -w -h "$(hostname -i)" -U owner -d shop -c "SELECT 1"'
check "passwords are stored as scram" answers args "SELECT rolpassword LIKE 'SCRAM-SHA-256%' FROM pg_authid WHERE rolname = 'owner'" t
unset user database

start trust -e POSTGRES_HOST_AUTH_METHOD=trust
check "POSTGRES_HOST_AUTH_METHOD=trust needs no password" ready trust
check "and warns" logged trust WARNING

start anyone --user 12345:0 "${auth[@]}" --tmpfs "$mount:uid=12345,mode=0700" -- postgres -c max_connections=43
check "runs as any user, with postgres named" ready anyone
check "that user owns the data" equal "$(docker exec "$prefix-anyone" stat -c %u "$data/PG_VERSION")" 12345

if ((major >= 18)); then
    volume old
    start old "${auth[@]}" -v "$prefix-old:/var/lib/postgresql/data"
    check "an unused mount at /var/lib/postgresql/data is refused" fails old
    check "and named" logged old /var/lib/postgresql/data
fi
