#!/usr/bin/env bash
# Makes this machine the load balancer of the API servers.
: "${HAPROXY_CONFIG:?}" "${CA_CERTIFICATE:?}" "${CA_FILE:?}"

config_file=/etc/haproxy/haproxy.cfg

main() {
  one_at_a_time
  if ! command -v haproxy >/dev/null; then
    phase "installing HAProxy"
    command -v apt-get >/dev/null ||
      fail "there is no HAProxy, and no apt-get to install it with" "the machine is neither Debian nor Ubuntu" \
        "install HAProxy, then run \`pulumi up\` again"
    apt-get -o DPkg::Lock::Timeout=600 update --quiet >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install --yes --quiet haproxy >/dev/null
  fi
  phase "configuring HAProxy"
  install -D --mode 0644 /dev/stdin "$CA_FILE" <<<"$CA_CERTIFICATE"
  install -D --mode 0644 /dev/stdin "$config_file.new" <<<"$HAPROXY_CONFIG"
  haproxy -c -q -f "$config_file.new" ||
    fail "HAProxy refuses its configuration" "see its words above" "this is a defect of the program; please report it"
  mv "$config_file.new" "$config_file"
  systemctl enable --quiet haproxy
  systemctl reload-or-restart haproxy
  wait_for 30 "HAProxy to listen" listens || fail "HAProxy does not listen on 6443" "see journalctl -u haproxy" "put right what it says"
}

listens() {
  [[ -n $(ss --no-header --listening --tcp 'sport = :6443') ]]
}

main "$@" </dev/null
