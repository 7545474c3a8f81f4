#!/usr/bin/env bash
# Makes this machine the first member of an etcd that does not exist yet, with the data of a snapshot if there is one.
: "${ADDRESS:?}" "${IDENTITY:?}" "${ETCD_SIZE:?}"
: "${member_record:?}" "${client_files[@]:?}" "${snapshot_file:?}"

main() {
  local id
  one_at_a_time
  if [[ -e $member_record ]]; then
    phase "is initialized"
    return
  fi
  refuse_second_cluster
  if [[ -n $SNAPSHOT_CHECKSUM ]]; then
    begin_with_snapshot
  fi
  phase "starting the first member of etcd"
  write_first_start new "$NODE=https://$ADDRESS:2380"
  systemctl --no-block start etcd
  wait_for 120 "etcd to be healthy" is_healthy ||
    fail_with_words "the first member of etcd is not healthy: $LAST_SEEN" "a flag of etcdExtraArgs that it does not take, most likely" \
      "set right what it complains of, then run \`pulumi up\` again"
  etcdctl put pulumi-kubeadm/size "$ETCD_SIZE" >/dev/null
  etcdctl put "pulumi-kubeadm/machines/$NODE" "$IDENTITY" >/dev/null
  id=$(member_id "https://$ADDRESS:2380")
  record_member "$id"
  rm --force "$snapshot_file"
}

# Nobody has used yet what an interrupted run left.
begin_with_snapshot() {
  start_log
  systemctl stop etcd
  rm --recursive --force /var/lib/etcd/member
  restore_etcd
  chown --recursive etcd: /var/lib/etcd
}

refuse_second_cluster() {
  local url
  for url in "${ETCD_ENDPOINTS[@]}"; do
    [[ $url != "https://$ADDRESS:2379" ]] || continue
    ! curl --noproxy '*' --silent --max-time 3 --cacert "${client_files[0]}" --cert "${client_files[1]}" --key "${client_files[2]}" \
      --output /dev/null "$url/health" ||
      fail "an etcd with this CA answers at $url" "this cluster exists already" \
        "etcd is initialized once; if this state file is stale, restore the right one"
  done
}

main "$@" </dev/null
