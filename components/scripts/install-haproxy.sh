#!/usr/bin/env bash
# Makes this machine the load balancer of the API servers.
: "${HAPROXY_CONFIG:?}" "${CA_CERTIFICATE:?}" "${CA_FILE:?}"

# The one before is beside it while a change of it waits to be seen loaded.
config_file=/etc/haproxy/haproxy.cfg

main() {
  local before words
  one_at_a_time
  if ! command -v haproxy >/dev/null; then
    phase "installing HAProxy"
    command -v apt-get >/dev/null ||
      fail "there is no HAProxy, and no apt-get to install it with" "the machine is neither Debian nor Ubuntu" \
        "install HAProxy, then run \`pulumi up\` again"
    # apt waits for the lock of packages by itself, and not for that of lists.
    wait_for 300 "the lists of packages" apt-get --quiet update ||
      fail "the lists of packages cannot be read: $LAST_SEEN" "another program keeps their lock, or the machine does not reach its sources" \
        "put right what it says, then run \`pulumi up\` again"
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install --yes --quiet haproxy >/dev/null
  fi
  phase "configuring HAProxy"
  install -D --mode 0644 /dev/stdin "$CA_FILE" <<<"$CA_CERTIFICATE"
  # Lines of the user may hold hashes of passwords.
  install -D --mode 0600 /dev/stdin "$config_file.new" <<<"$HAPROXY_CONFIG"
  words=$(haproxy -c -f "$config_file.new" 2>&1) ||
    fail "HAProxy refuses its configuration, and keeps the one before: $(first_alert "$words")" "a line of the key haproxy, most likely" \
      "put right what it names; without that key this is a defect of the program, please report it"
  [[ -e $config_file.before || ! -e $config_file ]] || ln "$config_file" "$config_file.before"
  mv "$config_file.new" "$config_file"
  systemctl enable --quiet haproxy
  before=$(worker)
  if ! systemctl reload-or-restart haproxy || ! wait_for 15 "HAProxy to load its configuration" has_another_worker "$before"; then
    put_back
  fi
  wait_for 30 "HAProxy to listen" listens || fail "HAProxy does not listen on 6443" "see journalctl -u haproxy" "put right what it says"
  rm --force "$config_file.before"
  record_files "$config_file" "$CA_FILE"
}

# The process that answers: where another one cannot start, HAProxy goes on with this one, and says so in its journal only.
worker() {
  curl --noproxy '*' --silent --max-time 3 http://127.0.0.1:8404/ | grep --only-matching 'pid = </b> [0-9]*' || true
}

# has_another_worker BEFORE
has_another_worker() {
  local now
  now=$(worker)
  [[ -n $now && $now != "$1" ]]
}

# first_alert TEXT: what HAProxy complains of.
first_alert() {
  grep --max-count 1 ALERT <<<"$1" | sed 's/.*ALERT\] *([0-9]*) : //' | cut -c1-300 || true
}

put_back() {
  local words
  words=$(journalctl --unit haproxy --no-pager --since=-1min --output cat) || true
  if [[ -e $config_file.before ]]; then
    mv "$config_file.before" "$config_file"
    systemctl reload-or-restart haproxy || true
  fi
  fail "HAProxy does not load its configuration: $(first_alert "$words")" "a line of the key haproxy, most likely; the configuration before was put back" \
    "set right what it complains of, then run \`pulumi up\` again"
}

listens() {
  [[ -n $(ss --no-header --listening --tcp 'sport = :6443') ]]
}

main "$@" </dev/null
