#!/usr/bin/env bash
# Sourced: the machines of a stack that was started from here, and a shell on them.

# shellcheck source=scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

# Fails when `npm start` wrote no key for this stack.
need_login_key() {
  if [[ ! -s $STATE/login-key || ! -s $STATE/known_hosts ]]; then
    echo "no cluster of stack $STACK was started from here; run npm start" >&2
    exit 1
  fi
}

# machines_of ROLE: name and login (user@host) of each machine with this role, one a line, as the stack's outputs say. Those
# of etcd are the ones with a member of it, wherever it runs.
machines_of() {
  on_stack stack output --json | node --eval '
    const { nodes, sshCommands, facts } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
    const role = process.argv[1] === "etcd" && facts.etcd === "stacked" ? "control-plane" : process.argv[1];
    const ofRole = nodes.filter((node) => node.role === role).map(({ name }) => name);
    for (const name of role === "etcd" ? facts.etcdNodes : ofRole) {
      console.log(name, sshCommands[name].split(" ").at(-1));
    }' "$1"
}

# on_machine LOGIN COMMAND: with the key, the host keys and the way over a bastion that `npm start` wrote, and no others. ssh
# takes UserKnownHostsFile for several files unless it is quoted.
on_machine() {
  local way=()
  if [[ -s $STATE/proxy-command ]]; then
    # The paths in it start from the project.
    cd "$project" || return
    way=(-o "ProxyCommand=$(<"$STATE/proxy-command")")
  fi
  ssh "${way[@]}" -F none -i "$STATE/login-key" -o IdentitiesOnly=yes -o BatchMode=yes -o ConnectTimeout=5 \
    -o ServerAliveInterval=5 -o ServerAliveCountMax=3 -o LogLevel=ERROR \
    -o StrictHostKeyChecking=yes -o "UserKnownHostsFile=\"$STATE/known_hosts\"" "$@"
}
