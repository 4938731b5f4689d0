# The init folder: each kind of file, in name order, once, and an error ends the container.
init=$work/init
mkdir "$init"
insert() { printf "INSERT INTO ran (file) VALUES ('%s');\n" "$1"; }
{
    echo 'CREATE TABLE ran (position serial, file text);'
    insert 01.sql
} > "$init/01.sql"
insert 02.sql.gz | gzip > "$init/02.sql.gz"
cat > "$init/03.sh" <<'SCRIPT'
#!/bin/bash
set -e
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" -c "INSERT INTO ran (file) VALUES ('03.sh')"
SCRIPT
cat > "$init/04.sh" <<'SCRIPT'
docker_process_sql <<< "INSERT INTO ran (file) VALUES ('04.sh')"
"${psql[@]}" --dbname postgres -c 'CREATE DATABASE by_sourced'
SCRIPT
expected='01.sql 02.sql.gz 03.sh 04.sh'
if command -v xz >/dev/null; then insert 05.sql.xz | xz > "$init/05.sql.xz"; expected+=' 05.sql.xz'; fi
if command -v zstd >/dev/null; then insert 06.sql.zst | zstd -q > "$init/06.sql.zst"; expected+=' 06.sql.zst'; fi
echo 'nothing to run' > "$init/07.txt"
chmod 755 "$init" "$init/03.sh"
chmod 644 "$init"/*.sql* "$init/04.sh" "$init/07.txt"

volume data
start first "${auth[@]}" -e POSTGRES_DB=shop -v "$init:/docker-entrypoint-initdb.d:ro" -v "$prefix-data:$mount"
check "starts with an init folder" ready first
database=shop
check "each kind of file ran, in name order, in POSTGRES_DB" answers first \
    "SELECT string_agg(file, ' ' ORDER BY position) FROM ran" "$expected"
unset database
check "a script with the execute bit runs, one without is sourced" bash -c '[[ $1 == *"running "*03.sh*"sourcing "*04.sh* ]]' - "$(logs first)"
check "another file is ignored, and said so" bash -c '[[ $1 == *"ignoring "*07.txt* ]]' - "$(logs first)"
check "the end of init is announced" logged first 'PostgreSQL init process complete; ready for start up.'
check "init ran on a server without a port" bash -c '(( $(grep -c "listening on IPv4" <<< "$1") == 1 ))' - "$(logs first)"

mkdir "$work/broken"
printf 'SELECT 1;\nSELECT no_such_function();\n' > "$work/broken/01.sql"
chmod 755 "$work/broken"
start broken "${auth[@]}" -v "$work/broken:/docker-entrypoint-initdb.d:ro"
check "a failing script ends the container" fails broken
check "with its file and line" logged broken 01.sql:2
