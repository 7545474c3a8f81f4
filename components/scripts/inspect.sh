#!/usr/bin/env bash
# Reports what runs on a machine, a line for each thing with its fields between tabs; changes nothing, prints no secret.
: "${SERVICES[@]-}"

main() {
  report_services
  report_components
  report_certificates
  report_etcd
  report_snapshots
  report_backends
  report_files
  # A report that was cut off has no end.
  line end
}

# line FIELD...: prints one line. A dash stands for an empty field.
line() {
  local field text=""
  for field in "$@"; do
    text+=$'\t'${field:--}
  done
  text=${text:1}
  printf '%s\n' "${text//$'\n'/ }"
}

# Name, state, the version that runs, the version that is installed.
report_services() {
  local service state pid running installed
  for service in "${SERVICES[@]}"; do
    read -r state pid < <(systemctl show --property ActiveState,MainPID "$service" | sort | sed 's/.*=//' | paste -sd ' ')
    installed=$(version_of "$service" "$service")
    if [[ ${pid:-0} == 0 ]]; then
      running=""
    elif [[ /proc/$pid/exe -ef $(command -v "$service") ]]; then
      running=$installed
    else
      running=$(version_of "$service" "/proc/$pid/exe")
    fi
    line service "$service" "$state" "$running" "$installed"
  done
}

# version_of SERVICE PROGRAM: what a program says its version is, if it says one.
version_of() {
  local flag=--version said
  if [[ $1 == haproxy ]]; then
    flag=-v
  fi
  said=$("$2" "$flag" 2>/dev/null) || true
  if [[ $said =~ [0-9]+\.[0-9]+\.[0-9]+[-+.0-9A-Za-z]* ]]; then
    echo "${BASH_REMATCH[0]}"
  fi
}

# Name and image tag of each component of the control plane whose container runs, and whether it is ready; etcd has its own lines.
report_components() {
  local tasks containers="" name tag ready
  local of_control_plane='labels."io.kubernetes.pod.namespace"==kube-system,labels."io.kubernetes.container.name"~="^(kube-apiserver|kube-controller-manager|kube-scheduler)$"'
  [[ -e /etc/kubernetes/pki/apiserver.crt ]] || return 0
  if ! tasks=$(ctr --namespace k8s.io tasks list 2>&1) ||
    ! containers=$(ctr --namespace k8s.io containers list "$of_control_plane" 2>&1); then
    line error containerd "${containers:-$tasks}"
    return
  fi
  while read -r name tag; do
    ready=yes
    is_healthy "$name" >/dev/null 2>&1 || ready=no
    line component "$name" "$tag" "$ready"
  done < <(awk '
    NR == FNR { if ($3 == "RUNNING") runs[$1]; next }
    $1 in runs {
      sub(/@.*/, "", $2)
      tag = name = $2
      sub(/.*:/, "", tag)
      sub(/:[^:]*$/, "", name)
      sub(/.*\//, "", name)
      print name, tag
    }' <(echo "$tasks") <(echo "$containers"))
}

# File and content of each certificate, without the keys that some of the files hold too.
report_certificates() {
  local file files=()
  for file in /etc/kubernetes/pki/*.crt /etc/kubernetes/pki/etcd/*.crt /var/lib/kubelet/pki/kubelet-*-current.pem \
    /etc/etcd/pki/*.crt /etc/haproxy/*.crt /etc/kubernetes/*.conf; do
    if [[ -e $file ]]; then
      files+=("$file")
    fi
  done
  ((${#files[@]} > 0)) || return 0
  awk -v OFS='\t' '
    /^-----BEGIN CERTIFICATE-----/ { inside = 1; text = ""; next }
    /^-----END CERTIFICATE-----/ { if (inside) found(text); inside = 0 }
    inside { text = text $0 }
    $1 == "client-certificate-data:" { found($2) }
    function found(text) { print "certificate", FILENAME, text; has[FILENAME] = 1 }
    END { for (i = 1; i < ARGC; i++) if (!has[ARGV[i]] && ARGV[i] !~ /\.conf$/) print "certificate", ARGV[i], "-" }
  ' "${files[@]}"
}

# What this machine's member of etcd says of itself, of all members and of alarms, as JSON; and whether it can read.
report_etcd() {
  local pki=/etc/etcd/pki
  if [[ -e /etc/kubernetes/pki/etcd/server.crt ]]; then
    pki=/etc/kubernetes/pki/etcd
  fi
  [[ -e $pki/server.crt ]] || return 0
  ask_etcd status maintenance/status '{}' || return 0
  ask_etcd members cluster/member/list '{}' || return 0
  ask_etcd alarms maintenance/alarm '{"action": "GET"}' || return 0
  # The read that `etcdctl endpoint health` makes, which needs the quorum; nobody has this key.
  ask_etcd read kv/range '{"key": "aGVhbHRo", "count_only": true}' || return 0
}

# ask_etcd WHAT PATH BODY
ask_etcd() {
  local answer client=$pki/server
  if [[ -e $pki/healthcheck-client.crt ]]; then
    client=$pki/healthcheck-client
  fi
  if answer=$(curl --noproxy '*' --silent --show-error --fail --max-time 3 --cacert "$pki/ca.crt" --cert "$client.crt" \
    --key "$client.key" --data "$3" "https://127.0.0.1:2379/v3/$2" 2>&1); then
    line etcd "$1" "$answer"
  else
    line etcd error "$answer"
    return 1
  fi
}

# The schedule of etcd's snapshots, how its last run ended, and the newest snapshot; nothing where none was ever taken.
report_snapshots() {
  local unit=pulumi-kubeadm-etcd-snapshot schedule="" result="" newest
  newest=$(find /var/lib/pulumi-kubeadm/etcd-snapshots -name 'etcd-*.db' -printf '%f\n' 2>/dev/null | sort | tail -n 1) || true
  if [[ -e /etc/systemd/system/$unit.timer ]]; then
    schedule=$(systemctl show --property ActiveState "$unit.timer")
    result=$(systemctl show --property Result "$unit.service")
  fi
  [[ -z $newest$schedule ]] || line snapshots "${schedule#*=}" "${result#*=}" "$newest"
}

# Name, state and last check of each server behind this load balancer.
report_backends() {
  local answer
  [[ " ${SERVICES[*]} " == *" haproxy "* ]] || return 0
  if ! answer=$(curl --noproxy '*' --silent --show-error --fail --max-time 3 'http://127.0.0.1:8404/;csv' 2>&1); then
    line error "HAProxy's statistics" "$answer"
    return
  fi
  awk -F , -v OFS='\t' '
    NR == 1 { sub(/^# /, ""); for (i = 1; i <= NF; i++) column[$i] = i; next }
    # A star is in front of a check while the next one goes on.
    $(column["pxname"]) == "control-planes" && $(column["type"]) == 2 {
      check = $(column["check_status"])
      sub(/^\* /, "", check)
      print "backend", $(column["svname"]), $(column["status"]), check
    }
  ' <<<"$answer"
}

# How many files were noted when the machine was last settled, those that differ, and static pods of which nobody knows.
report_files() {
  local file
  if ! is_recorded; then
    line record
    return
  fi
  line record "$(recorded_files | wc --lines)"
  changed_files | sed $'s/^/file\t/'
  for file in /etc/kubernetes/manifests/*; do
    if [[ -f $file ]] && ! grep --quiet --fixed-strings --line-regexp -- "$file" < <(recorded_files); then
      line file unknown "$file"
    fi
  done
}

main "$@" </dev/null
