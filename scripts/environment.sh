#!/usr/bin/env bash
# Sourced: what every command of this project needs: the toolchain, the stack's backend and configuration.

scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(dirname "$scripts")
# shellcheck source=scripts/toolchain.sh
source "$scripts/toolchain.sh"

STACK=${PULUMI_STACK:-dev}
# The stack's own files: kubeconfig, login key, and without a backend of the user's also the state and its passphrase.
STATE=$project/.state/$STACK
# Only types are left out at run time; `npm run check` checks them.
export PULUMI_NODEJS_TRANSPILE_ONLY=true
# Keys of an agent would be offered to the machines as well.
unset SSH_AUTH_SOCK

# The backend of the user's, if there is one: PULUMI_BACKEND_URL, what is logged in to, or what a token logs in to.
backend_of_user() {
  if [[ -n ${PULUMI_BACKEND_URL:-} ]]; then
    [[ $PULUMI_BACKEND_URL == "file://$STATE/backend"?(\?*) ]] || echo "$PULUMI_BACKEND_URL"
  elif ! sed --quiet 's/.*"current": *"\([^"]\+\)".*/\1/p' "${PULUMI_HOME:-$HOME/.pulumi}/credentials.json" 2>/dev/null | grep .; then
    echo "${PULUMI_ACCESS_TOKEN:+the one of PULUMI_ACCESS_TOKEN}"
  fi
}

has_own_backend() {
  [[ -n $(backend_of_user) ]]
}

# Whether the folder that is the backend of those without one holds the stack.
is_kept_here() {
  [[ -n $(find "$STATE/backend/.pulumi/stacks" \( -name "$STACK.json" -o -name "$STACK.json.gz" \) 2>/dev/null) ]]
}

# Without a backend of the user's it is a folder here. A stack that is in another one must not be taken for none.
use_backend() {
  local backend
  backend=$(backend_of_user)
  own_backend=true
  if [[ -n $backend ]]; then
    ! is_kept_here ||
      refuse "the state of stack $STACK is in $STATE/backend, but the backend that is chosen is $backend; put PULUMI_BACKEND_URL=file://$STATE/backend in front of the command, or first of npm stop to begin anew in the other one"
    plugins_on_path
    return
  fi
  [[ ! -s $STATE/kubeconfig || -d $STATE/backend ]] ||
    refuse "the state of stack $STACK is in a backend of yours, and none is chosen; run pulumi login or set PULUMI_BACKEND_URL, or remove $STATE if that cluster is gone"
  own_backend=false
  install --directory --mode 0700 "$STATE" "$STATE/backend"
  # No file's attributes in another one: each would be a second one to write, and an empty one, which a kill leaves, hides
  # the state ("failed to load checkpoint: EOF").
  export PULUMI_HOME=$CACHE/pulumi-home PULUMI_BACKEND_URL="file://$STATE/backend?metadata=skip"
  without_log
  use_plugins "$PULUMI_HOME/plugins"
  if [[ -z ${PULUMI_CONFIG_PASSPHRASE:-}${PULUMI_CONFIG_PASSPHRASE_FILE:-} ]]; then
    if [[ ! -s $STATE/passphrase ]]; then
      (umask 077 && head --bytes 24 /dev/urandom | base64 >"$STATE/passphrase")
    fi
    export PULUMI_CONFIG_PASSPHRASE_FILE=$STATE/passphrase
  fi
}

# use_plugins FOLDER: where the CLI looks for them, and puts official ones that it downloads. Built ones take their place while
# Pulumi is built.
use_plugins() {
  if [[ -n ${PULUMI_KUBEADM_PLUGINS:-} ]]; then
    mkdir -p "${1%/*}"
    [[ -L $1 ]] || rm --recursive --force "$1"
    ln --symbolic --force --no-dereference "$PULUMI_KUBEADM_PLUGINS" "$1"
  elif [[ ${PULUMI_KUBEADM_SOURCE:-} == online && -L $1 ]]; then
    rm "$1"
  fi
}

# The CLI writes every input of every resource to a log of each command, 24 MB for 30 workers and a quarter of the time, and
# no setting keeps it from that: only a file where the folder of its logs would be.
without_log() {
  if [[ ! -f $PULUMI_HOME/logs ]]; then
    rm --recursive --force "$PULUMI_HOME/logs"
    mkdir -p "$PULUMI_HOME"
    touch "$PULUMI_HOME/logs"
  fi
}

# Built plugins stay out of a PULUMI_HOME that is the user's; the CLI warns of each that it takes from PATH.
plugins_on_path() {
  local folder
  for folder in ${PULUMI_KUBEADM_PLUGINS:+"$PULUMI_KUBEADM_PLUGINS"/*}; do
    PATH=$folder:$PATH
  done
}

# With a backend here, what Pulumi adds to the stack's configuration stays out of the checkout.
ensure_stack() {
  local config=Pulumi.$STACK.yaml
  if [[ ! -e $project/$config ]]; then
    echo "there is no $config; copy Pulumi.dev.yaml and change what should differ" >&2
    return 1
  fi
  if [[ $own_backend == true ]]; then
    config_flags=()
    pulumi --cwd "$project" stack select --create "$STACK" >/dev/null
    return
  fi
  config_flags=(--config-file "$STATE/$config")
  if [[ ! -s $STATE/encryption ]]; then
    cp "$project/Pulumi.yaml" "$STATE/"
    # A stack of which only the name was made is made again.
    ! is_kept_here || pulumi --cwd "$STATE" stack rm --yes "$STACK" >/dev/null 2>&1 ||
      refuse "$STATE/encryption is gone, and without it nobody can read the state of stack $STACK; put it back from a copy"
    rm --force "$STATE/$config"
    pulumi --cwd "$STATE" stack init "$STACK" >/dev/null
    grep encryptionsalt "$STATE/$config" >"$STATE/encryption"
  fi
  sed '/^encryptionsalt/d' "$project/$config" | cat - "$STATE/encryption" >"$STATE/$config"
}

# refuse_stack ARGUMENT...: pulumi would take the last of two flags, which is the one that on_stack gives it.
refuse_stack() {
  local argument
  for argument in "$@"; do
    [[ $argument != -- ]] || return 0
    [[ ! $argument =~ ^(--stack(=.*)?$|-[defjry]*s) ]] ||
      refuse "$argument is not taken here; name the stack in front of the command: PULUMI_STACK=NAME"
  done
}

# on_stack COMMAND...: runs a command of pulumi on the stack; those that run the program also need its configuration. A
# plugin is downloaded when it is used: AWS's is large, and node_modules names it to all stacks.
on_stack() {
  local flags=()
  if runs_program "$1"; then
    flags=(--skip-plugin-pre-install "${config_flags[@]}")
  fi
  pulumi --cwd "$project" "$@" --stack "$STACK" "${flags[@]}"
}

# runs_program COMMAND: by its name or another one that pulumi has for it.
runs_program() {
  [[ $1 == @(up|update|preview|pre|destroy|down|dn|refresh) ]]
}

# What a person needs to look into the cluster, for this user only. Prints the stack's outputs as JSON, secrets included.
write_files() {
  install --directory --mode 0700 "$STATE"
  on_stack stack output --json --show-secrets | node --eval '
    const { readFileSync, renameSync, rmSync, writeFileSync } = require("node:fs");
    const text = readFileSync(0, "utf8");
    const { kubeconfig, loginKey, adminKey, knownHosts, sshCommands } = JSON.parse(text || "{}");
    const way = sshCommands && /ProxyCommand="([^"]*)"/.exec(Object.values(sshCommands).join(" "))?.[1];
    if (sshCommands && !way) rmSync(process.argv[1] + "/proxy-command", { force: true });
    const keys = { "login-key": loginKey, "admin-key": adminKey };
    const files = { kubeconfig, ...keys, known_hosts: knownHosts, "proxy-command": way };
    for (const [name, content] of Object.entries(files)) {
      if (typeof content !== "string") continue;
      const file = process.argv[1] + "/" + name;
      writeFileSync(file + ".new", content.replace(/\n*$/, "\n"), { mode: 0o600 });
      renameSync(file + ".new", file);
    }
    process.stdout.write(text);' "$STATE"
}

# output_of PATH: a text of the stack's outputs, which come as JSON; nothing where there is none.
output_of() {
  node --eval '
    const outputs = JSON.parse(require("node:fs").readFileSync(0, "utf8").trim() || "{}");
    console.log(process.argv[1].split(".").reduce((value, key) => value?.[key], outputs) ?? "");' "$1"
}

# What an engine that was killed left: locks are taken away once no engine of their numbers runs. Whether one runs on another
# computer that has this folder is not seen from here; pulumi says then who holds the lock.
recover() {
  local lock pid=""
  [[ $own_backend == false ]] || return 0
  for lock in "$STATE"/backend/.pulumi/locks/organization/*/"$STACK"/*.json; do
    [[ -e $lock ]] || continue
    pid=$(field_of_lock pid "$lock")
    if [[ -z $pid || -e /proc/$pid || $(field_of_lock hostname "$lock") != "$(uname -n)" ]]; then
      return
    fi
  done
  if [[ -n $pid ]]; then
    echo "an earlier run (process $pid) was killed; taking its lock away with pulumi cancel" >&2
    find "$STATE/backend" -name '*.json.*.tmp' -delete
    on_stack cancel --yes >/dev/null
    forget_interrupted_steps
  fi
}

# field_of_lock FIELD FILE
field_of_lock() {
  sed --quiet --regexp-extended "s/.*\"$1\": *\"?([^\",}]*).*/\1/p" "$2"
}

# Every step looks itself at what an interrupted run of it left; the engine would only warn of these for ever. But a machine
# that it was ending may be gone: should it stay, it is made anew.
forget_interrupted_steps() {
  on_stack stack export | node --eval '
    const state = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
    const { pending_operations: pending = [], resources = [] } = state.deployment ?? {};
    const ending = pending.filter(({ type }) => type === "deleting").map(({ resource }) => resource.urn);
    for (const resource of resources) {
      if (ending.includes(resource.urn) && /::machines-[^:]+$/.test(resource.urn) && !resource.delete) resource.taint = true;
    }
    delete state.deployment?.pending_operations;
    process.stdout.write(JSON.stringify(state));' | on_stack stack import >/dev/null
}

refuse() {
  printf '%s\n' "$*" >&2
  exit 1
}

# The value of a key of the stack's configuration, or the default.
configured() {
  sed --quiet --regexp-extended "s/^ +[\"']?pulumi-kubeadm:$1[\"']?: *[\"']?([^\"' ]*)[\"']?.*/\1/p" "$project/Pulumi.$STACK.yaml" | grep . || echo "$2"
}

kubernetes_version() {
  configured kubernetesVersion "$(sed --quiet 's/^ *kubernetes: "\(.*\)",/\1/p' "$project/components/software.ts")"
}
