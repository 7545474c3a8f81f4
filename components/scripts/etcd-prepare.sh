#!/usr/bin/env bash
# Checks a machine, then gives it all that a member of external etcd needs. Does not disturb a running one.
: "${ADDRESS:?}" "${ETCD_CA:?}"
: "${member_record:?}"

problems=()

main() {
  one_at_a_time
  wait_for_first_boot
  phase "checking the machine"
  check_machine
  if is_left_to_settling; then
    if certificates_have_ended; then
      phase "putting its certificates in place, since those before have ended"
      place_certificates
    fi
    phase "fetching what it will run"
    get etcd >/dev/null
    return
  fi
  phase "installing etcd"
  claim etcd
  make_user
  install_etcd_programs etcd etcdctl etcdutl
  place_certificates
  place_unit
  # What tries to start does so with these from now on.
  systemctl --no-block try-restart etcd
  clear_fetched
}

# A member that runs, or was settled once, changes when it is its turn. One that has never come up has nothing to disturb,
# and would for ever try with what it does not start with.
is_left_to_settling() {
  [[ -e $member_record ]] && { was_settled || is_active >/dev/null; }
}

# No member hears another one by then, so that settling, which asks the others first, would be too late.
certificates_have_ended() {
  local name
  for name in server peer; do
    openssl x509 -noout -checkend 0 -in "/etc/etcd/pki/$name.crt" >/dev/null || return 0
  done
  return 1
}

# All checks run before any of them fails the step.
check_machine() {
  local tool port start space_mib
  [[ -d /run/systemd/system ]] || problems+=("[systemd] systemd does not run this machine; etcd is a service of it")
  for tool in curl openssl ss tar; do
    command -v "$tool" >/dev/null || problems+=("[$tool] the command $tool is missing; install its package")
  done
  start=$(date --date "$(openssl x509 -noout -startdate <<<"$ETCD_CA" | cut -d= -f2)" +%s)
  (($(date +%s) >= start)) ||
    problems+=("[clock] the clock shows $(date --utc +%FT%TZ), before the cluster's CA was made; set it")
  space_mib=$(df --output=avail --block-size=MiB /var/lib | tail -n 1 | tr -dc 0-9)
  ((space_mib >= 2048)) || problems+=("[disk] $space_mib MiB free in /var/lib; 2048 MiB are needed")
  for port in 2379 2380; do
    [[ -e $member_record || -d /var/lib/etcd/member || -z $(ss --no-header --listening --tcp "sport = :$port") ]] ||
      problems+=("[port-$port] is taken; stop the process that has it")
  done
  if ((${#problems[@]} > 0)); then
    printf '%s\n' "${problems[@]}" >&2
    fail "${#problems[@]} check(s) of the machine did not pass, see above" "the machine is not fit to be a member of etcd" \
      "put right what each check names"
  fi
}

main "$@" </dev/null
