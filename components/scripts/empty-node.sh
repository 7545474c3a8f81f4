#!/usr/bin/env bash
# Moves the pods of a node elsewhere, as far as their disruption budgets allow.

empty_node() {
  phase "draining it"
  kubectl drain "$NODE" --ignore-daemonsets --delete-emptydir-data --force --timeout 300s >/dev/null ||
    fail "the drain of $NODE did not end" "a pod cannot be evicted; see above which" "look at its PodDisruptionBudget"
}
