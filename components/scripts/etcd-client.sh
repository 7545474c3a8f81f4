#!/usr/bin/env bash
# etcdctl as a client of external etcd, with the certificate of the member on this machine unless another part names one.
: "${ETCD_ENDPOINTS[@]:?}"

# The CA's certificate, the client's, and its key.
client_files=(/etc/etcd/pki/ca.crt /etc/etcd/pki/server.crt /etc/etcd/pki/server.key)

readonly passing_words='not supported for learner|leader changed|no leader|request timed out|Unavailable|EOF|connection reset'

# etcdctl ARGUMENT...: on all members unless endpoints are named. Tried again for half a minute while a member comes or
# goes; it reads its standard input only for `txn`.
etcdctl() {
  local input="" words status endpoints=() limit=$((SECONDS + 30))
  if [[ " $* " != *" --endpoints "* ]]; then
    endpoints=(--endpoints "$(printf '%s\n' "${ETCD_ENDPOINTS[@]}" | paste -sd,)")
  fi
  if [[ $1 == txn ]]; then
    input=$(cat)
  fi
  while true; do
    status=0
    { words=$(command etcdctl --cacert "${client_files[0]}" --cert "${client_files[1]}" --key "${client_files[2]}" \
      --command-timeout 5s "${endpoints[@]}" "$@" <<<"$input"$'\n\n' 2>&1 >&3) || status=$?; } 3>&1
    if ((status == 0 || SECONDS >= limit)) || [[ ! $words =~ $passing_words ]]; then
      break
    fi
    sleep 0.3
  done
  [[ -z $words ]] || echo "$words" >&2
  return "$status"
}
