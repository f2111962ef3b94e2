# What ./scripts/test and ./scripts/chaos share: words, missing packages, a private PostgreSQL. Sourced, not run.

started=$SECONDS
scratch=
server_programs=

say() { printf '\n=== %s  (%ss)\n' "$*" "$((SECONDS - started))"; }
fail() { printf '%s: %s\n' "$0" "$*" >&2; exit 1; }
missing() { printf '%s: missing: %s\n' "$0" "$*" >&2; exit 2; }
have() { command -v "$1" >/dev/null 2>&1; }

# Installs the Debian packages that `lacking` names where that is possible, else says what is missing.
install_lacking() {
  local packages
  packages=$(lacking)
  if [ -n "$packages" ] && have apt-get && [ "$(id -u)" -eq 0 ]; then
    echo "installing: $packages"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # shellcheck disable=SC2086 # the names are words
    apt-get install -y -qq --no-install-recommends $packages
    packages=$(lacking)
  fi
  [ -z "$packages" ] || missing "the programs of these Debian packages: $packages"
}

# The Debian packages of the fault suite whose programs are not here, one name a word.
lacking_for_chaos() {
  have cc || printf 'build-essential '
  find_server_programs >/dev/null || printf 'postgresql '
  have strace || printf 'strace '
  have faketime || printf 'faketime '
  have nginx || [ -x /usr/sbin/nginx ] || printf 'nginx '
}

# The Debian packages of the tests of the deployment files whose programs are not here; the others are Python packages.
lacking_for_ops() {
  have prometheus && have promtool || printf 'prometheus '
  have systemd-analyze || printf 'systemd '
  have openssl || printf 'openssl '
  have unshare && have setpriv || printf 'util-linux '
}

# Builds the program that can be told to have a bug, beside the one that cannot, in the given profile.
build_planted() {
  local folder=$1
  [ "$folder" != dev ] || folder=debug
  planted_program=$PWD/target/chaos/$folder/auto-order-planted
  mkdir -p "${planted_program%/*}"
  cargo build --locked --profile "$1" --features planted --bin auto-order
  cp "${CARGO_TARGET_DIR:-target}/$folder/auto-order" "$planted_program"
  cargo build --locked --profile "$1" --bin auto-order
}

# Builds the program as it was at the commit that tests/chaos/older names, for the trial of a rolling update. Done
# before this version is built: both leave their program in the same place.
build_older() {
  local folder=$1 commit tree=$PWD/target/chaos/older target=${CARGO_TARGET_DIR:-$PWD/target}
  [ "$folder" != dev ] || folder=debug
  [ "${target#/}" != "$target" ] || target=$PWD/$target
  commit=$(cat tests/chaos/older)
  older_program=$tree/$folder/auto-order
  [ ! -x "$older_program" ] || [ "$(cat "$older_program.commit")" != "$commit" ] || return 0
  git cat-file -e "$commit^{commit}" || fail "the history lacks $commit: fetch it whole (git fetch --unshallow)"
  rm -rf "$tree"
  mkdir -p "$tree/source" "$tree/$folder"
  git archive "$commit" | tar -x -C "$tree/source"
  (cd "$tree/source" && CARGO_TARGET_DIR=$target cargo build --locked --profile "$1" --bin auto-order)
  cp "$target/$folder/auto-order" "$older_program"
  echo "$commit" >"$older_program.commit"
}

# Prints the folder of PostgreSQL's server programs, the newest version first.
find_server_programs() {
  local folder
  for folder in $(ls -d /usr/lib/postgresql/*/bin /usr/local/opt/postgresql*/bin /opt/homebrew/opt/postgresql*/bin \
    /usr/pgsql-*/bin 2>/dev/null | sort -rV); do
    if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] && [ -x "$folder/postgres" ]; then
      echo "$folder"
      return 0
    fi
  done
  if have initdb && have pg_ctl && have postgres; then
    dirname "$(command -v initdb)"
    return 0
  fi
  return 1
}

# PostgreSQL refuses to run as root: then its programs run as somebody else, in a folder of theirs.
as_postgres() {
  if [ "$(id -u)" -ne 0 ]; then
    "$@"
  elif have setpriv; then
    setpriv --reuid="$postgres_user" --regid="$(id -g "$postgres_user")" --clear-groups -- "$@"
  elif have runuser; then
    runuser -u "$postgres_user" -- "$@"
  else
    su -s /bin/sh "$postgres_user" -c '"$0" "$@"' -- "$@"
  fi
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

start_postgres() {
  say "a private PostgreSQL"
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/auto-order-test.XXXXXX")
  chmod 755 "$scratch"
  mkdir "$scratch/cluster"
  postgres_user=postgres
  id -u "$postgres_user" >/dev/null 2>&1 || postgres_user=nobody
  [ "$(id -u)" -ne 0 ] || chown "$postgres_user" "$scratch/cluster"
  cd "$scratch"
  as_postgres "$server_programs/initdb" -D "$scratch/cluster" -U tester --auth=trust -E UTF8 --locale=C >"$scratch/initdb.log" 2>&1 \
    || { cat "$scratch/initdb.log" >&2; fail "initdb failed"; }
  local try port options
  for try in 1 2 3 4 5; do
    port=$(free_port)
    # Loopback only, no socket in the file system, and the engine's own promise to flush is kept.
    options="-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories='' -c max_connections=400 -c fsync=on"
    if as_postgres "$server_programs/pg_ctl" -D "$scratch/cluster" -l "$scratch/cluster/server.log" -o "$options" -w -t 60 start >/dev/null; then
      cd - >/dev/null
      export TEST_POSTGRES_URL="postgres://tester@127.0.0.1:$port/"
      echo "listening on 127.0.0.1:$port (try $try)"
      return 0
    fi
  done
  cat "$scratch/cluster/server.log" >&2 || true
  fail "PostgreSQL did not start"
}

stop_postgres() {
  [ -n "$scratch" ] && [ -f "$scratch/cluster/postmaster.pid" ] || return 0
  as_postgres "$server_programs/pg_ctl" -D "$scratch/cluster" -m immediate -w stop >/dev/null || true
}
