# Stopping cleanly and starting again on the same data.
database=shop
sql first "INSERT INTO ran (file) VALUES ('later')" >/dev/null 2>&1 || true
docker stop --time 30 "$prefix-first" >/dev/null
check "docker stop ends with code 0" equal "$(exit_code first)" 0
check "and a clean shutdown" logged first 'database system is shut down'

start again "${auth[@]}" -e POSTGRES_DB=shop -v "$init:/docker-entrypoint-initdb.d:ro" -v "$prefix-data:$mount"
check "a new container starts on the old data" ready again
check "data survives, init does not run twice" answers again "SELECT string_agg(file, ' ' ORDER BY position) FROM ran" "$expected later"
check "skipping init is announced" logged again 'PostgreSQL Database directory appears to contain a database; Skipping initialization'
check "no crash recovery was needed" not_logged again 'not properly shut down'
unset database

docker stop --time 30 "$prefix-again" >/dev/null
start nopass -v "$prefix-data:$mount"
check "existing data needs no password variable" ready nopass
