#!/usr/bin/env bash
# Moves the pods of a node elsewhere, as far as their disruption budgets allow.

drain_limit_seconds=300

# empty_node REASON: a drain that does not end leaves the node as it was.
empty_node() {
  phase "draining it"
  mark_drained "$1" || fail "$NODE could not be marked as drained" "the API server does not answer" "see its log"
  wait_for "$drain_limit_seconds" "the pods of $NODE to go" drain && return
  # In a shell of its own: it is the drain that failed.
  (take_pods_again) || echo "$NODE: could not be uncordoned" >&2
  explain_drain
}

# In short turns: nothing on a node that falls silent meanwhile would ever answer.
drain() {
  local readiness
  readiness=$(node_readiness) || return 1
  is_ready "$readiness" || return 0
  kubectl drain "$NODE" --ignore-daemonsets --delete-emptydir-data --force --timeout 30s
}

# It fails where nobody can say: a node that is not Ready is given up without a drain.
reports_ready() {
  local readiness
  readiness=$(node_readiness) ||
    fail "the cluster does not say whether $NODE is Ready" "the API server does not answer" "see its log"
  is_ready "$readiness"
}

# True, False or Unknown; nothing when there is no Node object.
node_readiness() {
  node_field '{.status.conditions[?(@.type=="Ready")].status}'
}

is_ready() {
  [[ -n $1 && $1 != False && $1 != Unknown ]]
}

# What kubectl said of pods that did not go, and the budgets that it does not name.
explain_drain() {
  local namespace pod seen=()
  while read -r namespace pod; do
    seen+=("pod $namespace/$pod is kept by the disruption budget $(budgets_of "$namespace" "$pod")")
  done < <(pods_in 's/^error when evicting pods\/"([^"]+)" -n "([^"]+)".*disruption budget.*/\2 \1/p')
  if ((${#seen[@]} > 0)); then
    fail "the drain of $NODE did not end: $(join_lines "${seen[@]}")" "the budget allows no eviction, or pods of it are not ready elsewhere" \
      "give its pods room on other nodes, add a replica, or relax the budget"
  fi
  while read -r namespace pod; do
    seen+=("pod $namespace/$pod does not end")
  done < <(pods_in 's/^.*error when waiting for pod "([^"]+)" in namespace "([^"]+)".*/\2 \1/p')
  if ((${#seen[@]} > 0)); then
    fail "the drain of $NODE did not end: $(join_lines "${seen[@]}")" "it takes longer than $drain_limit_seconds s to end, or a finalizer holds it" \
      "see why it does not end; kubectl describe pod has its finalizers"
  fi
  fail "the drain of $NODE did not end: ${LAST_SEEN:-nothing was said}" "a pod cannot be evicted" "see the words above"
}

# pods_in EXPRESSION: lines "namespace pod" that sed makes of kubectl's last words, each once.
pods_in() {
  sed --quiet --regexp-extended "$1" <<<"$LAST_SEEN" | sort --unique
}

join_lines() {
  printf '%s\n' "$@" | paste -sd';' | sed 's/;/; /g'
}

# budgets_of NAMESPACE POD: those that allow no disruption and select the pod.
budgets_of() {
  local name healthy wanted selector found=()
  while read -r name wanted healthy selector; do
    if [[ -n $(kubectl --namespace "$1" get pods --selector "${selector%,}" --field-selector "metadata.name=$2" --output name) ]]; then
      found+=("$name, which needs $wanted healthy pods and has $healthy")
    fi
  done < <(kubectl --namespace "$1" get poddisruptionbudgets --output "go-template=$(budget_template)")
  join_lines "${found[@]:-that its namespace has}"
}

# Name, healthy pods wanted, healthy pods there, labels; a line for each budget.
budget_template() {
  cat <<'TEMPLATE'
{{range .items}}{{if and .spec.selector (eq (printf "%v" .status.disruptionsAllowed) "0")}}{{.metadata.name}} {{.status.desiredHealthy}} {{.status.currentHealthy}} {{range $key, $value := .spec.selector.matchLabels}}{{$key}}={{$value}},{{end}}{{"\n"}}{{end}}{{end}}
TEMPLATE
}
