#!/usr/bin/env bash
# Static pods of the control plane: which of them differ from what kubeadm would write, and their change to that.
: "${state_folder:?}"

readonly manifests=/etc/kubernetes/manifests
readonly described=$state_folder/described
readonly replaced=$state_folder/replaced

# Writes the manifests as kubeadm would, into a folder of their own.
describe_manifests() {
  rm --recursive --force "$described"
  install -d -m 0700 "$described"
  local -x KUBEADM_INIT_DRYRUN_DIR=$described
  run_kubeadm init phase control-plane all --dry-run || explain_kubeadm
  run_kubeadm init phase etcd local --dry-run || explain_kubeadm
}

# is_as_described COMPONENT: etcd keeps how it found the other members, which matters to its first start only.
is_as_described() {
  cmp --silent <(without_first_start "$manifests/$1.yaml") <(without_first_start "$described/$1.yaml")
}

without_first_start() {
  sed '/^ *- --initial-cluster/d' "$1" 2>/dev/null
}

# The kubelet acts at once upon a manifest that is taken away and, later, put back; upon one that is overwritten only at
# its next try, 10 to 15 s later.

# Components whose manifest this run has taken away.
taken_away=()

# restart_static_pods COMPONENT...: ends these, then starts them as described: etcd first, then the API server that needs
# it, then the others. What does not come up gives way to what ran before. A connection that breaks is no reason to stop in
# between, and however the script ends, nothing stays away.
restart_static_pods() {
  local component
  install -d -m 0700 "$replaced"
  trap '' PIPE
  trap give_back EXIT
  for component in kube-apiserver kube-controller-manager kube-scheduler; do
    [[ " $* " != *" $component "* ]] || take_away "$component"
  done
  for component in "$@"; do
    [[ $component == etcd ]] || has_ended "$component"
  done
  if [[ " $* " == *" etcd "* ]]; then
    take_away etcd
    has_ended etcd
    start etcd
  fi
  [[ " $* " != *" kube-apiserver "* ]] || start kube-apiserver
  for component in kube-controller-manager kube-scheduler; do
    [[ " $* " != *" $component "* ]] || start "$component"
  done
  trap - EXIT PIPE
  rm --recursive --force "$replaced"
}

# What this run has taken away and not seen healthy since runs as before.
give_back() {
  local component
  for component in "${taken_away[@]}"; do
    if [[ -e $replaced/$component.yaml ]]; then
      rm --force "$manifests/$component.yaml"
      mv "$replaced/$component.yaml" "$manifests/$component.yaml"
    fi
  done
}

# A manifest that a run left which was killed is that of a component which nobody has seen healthy since. What is away runs
# again as before, so that all that follows finds a whole control plane.
put_back_what_is_away() {
  local file component away=()
  for file in "$replaced"/*.yaml; do
    component=${file##*/} component=${component%.yaml}
    [[ -e $file && ! -e $manifests/$component.yaml ]] || continue
    phase "putting back $component, which an interrupted run took away"
    cp "$file" "$replaced/$component.new"
    mv "$replaced/$component.new" "$manifests/$component.yaml"
    away+=("$component")
  done
  for component in "${away[@]}"; do
    wait_for 120 "$component to be healthy as before" is_healthy "$component" || true
  done
}

# see_interrupted_healthy COMPONENT...: what an interrupted run has started is healthy, or is among these, which restart.
see_interrupted_healthy() {
  local file component
  for file in "$replaced"/*.yaml; do
    component=${file##*/} component=${component%.yaml}
    [[ -e $file && " $* " != *" $component "* ]] || continue
    wait_for 120 "$component to be healthy" is_healthy "$component" ||
      fail "$component is not healthy: $(last_words_of_pod "$component")" "an interrupted run has started it as it is described" \
        "set right what it complains of, then run \`pulumi up\` again"
    rm --force "$file" "${file%.yaml}.slice"
  done
}

# take_away COMPONENT: the kubelet ends what has no manifest.
take_away() {
  local pid
  [[ -e $manifests/$1.yaml ]] || return 0
  phase "ending $1"
  pid=$(container_pid "$1")
  if [[ -n $pid ]]; then
    sed --quiet 's#.*/\(kubepods[^/]*\.slice\)/cri-.*#\1#p' "/proc/$pid/cgroup" | head -n 1 >"$replaced/$1.slice"
  fi
  rm --force "$replaced/$1.yaml"
  taken_away+=("$1")
  mv "$manifests/$1.yaml" "$replaced/$1.yaml"
}

start() {
  phase "starting $1"
  cp "$described/$1.yaml" "$replaced/$1.new"
  mv "$replaced/$1.new" "$manifests/$1.yaml"
  wait_for 120 "$1 to be healthy" is_healthy "$1" || put_back "$1"
  rm --force "$replaced/$1.yaml"
}

# put_back COMPONENT: it and what has not started yet run again as before, and the step fails with its last words.
put_back() {
  local seen=$LAST_SEEN words cause="a flag or a version that it does not take, most likely"
  words=$(last_words_of_pod "$1")
  [[ $seen != *"[-]etcd"* ]] || cause="etcd does not answer it; its disk is slow, or too few members live"
  give_back
  wait_for 60 "$1 to be healthy as before" is_healthy "$1" || true
  fail "$1 did not become healthy with its changed manifest: $words" "$cause; what ran before was put back" \
    "set right what it complains of, then run \`pulumi up\` again"
}
