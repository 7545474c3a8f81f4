#!/usr/bin/env bash
# Brings a running node to what is described, and does nothing where it is already so.
: "${ROLE:?}" "${ADDRESS:?}"

readonly manifests=/etc/kubernetes/manifests

main() {
  one_at_a_time
  start_log settle
  if [[ $ROLE == control-plane ]]; then
    settle_control_plane
  fi
  phase "checking the kubelet"
  wait_for 60 "the kubelet to be healthy" curl --silent --fail http://127.0.0.1:10248/healthz ||
    fail "the kubelet is not healthy: $LAST_SEEN" "see journalctl -u kubelet" "put right what it says"
}

# kubeadm writes the manifests anew; the kubelet restarts only what differs.
settle_control_plane() {
  local before after component
  phase "writing the manifests of its control plane"
  place_files
  before=$(control_plane_state)
  run_kubeadm init phase control-plane all || explain_kubeadm
  after=$(control_plane_state)
  [[ $before != "$after" ]] || return 0
  for component in kube-apiserver kube-controller-manager kube-scheduler; do
    if [[ $(grep "$component" <<<"$before") != $(grep "$component" <<<"$after") ]]; then
      phase "restarting $component with its changed manifest"
      wait_for 120 "$component to run with its changed manifest" restarted "$component" ||
        fail "$component did not come up with its changed manifest" "a flag that it does not take, most likely" \
          "see crictl or /var/log/pods for its last words, set the flag right, and run \`pulumi up\` again"
    fi
  done
  wait_for 120 "the API server of this machine" api_is_ready ||
    fail "the API server of this machine is not ready: $LAST_SEEN" "see /var/log/pods/kube-system_kube-apiserver*" "put right what it says"
  run_kubeadm init phase upload-config kubeadm || explain_kubeadm
}

# One line for each manifest: its checksum and its name.
control_plane_state() {
  (cd "$manifests" && sha256sum kube-*.yaml)
}

# restarted COMPONENT: whether the only process of this name is younger than its manifest, to the second.
restarted() {
  local pids age manifest_age
  # The kernel keeps 15 characters of a name.
  pids=$(pgrep --exact --delimiter , "${1:0:15}") || return 1
  age=$(ps --no-headers -o etimes --pid "$pids") || return 1
  manifest_age=$(($(date +%s) - $(stat --format %Y "$manifests/$1.yaml")))
  echo "the process runs for ${age//[!0-9]/ } s, the manifest is there for $manifest_age s"
  [[ $(wc --lines <<<"$age") == 1 ]] && ((age <= manifest_age))
}

api_is_ready() {
  curl --silent --fail --max-time 5 --cacert /etc/kubernetes/pki/ca.crt "https://$ADDRESS:6443/readyz"
}

main "$@" </dev/null
