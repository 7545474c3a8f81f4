#!/usr/bin/env bash
# Installs packages of the distribution that are missing, or names the command that does.
set -o errexit -o nounset -o pipefail

missing=()
for package in "$@"; do
  command -v "$package" >/dev/null || dpkg --status "$package" >/dev/null 2>&1 || missing+=("$package")
done
((${#missing[@]} > 0)) || exit 0

if ! command -v apt-get >/dev/null; then
  echo "missing: ${missing[*]}; install with this computer's package manager, then run the command again" >&2
  exit 1
fi
sudo=()
if ((EUID != 0)); then
  sudo=(sudo --non-interactive)
fi
if ! "${sudo[@]}" true 2>/dev/null; then
  echo "missing: ${missing[*]}; run: sudo apt-get install ${missing[*]}" >&2
  exit 1
fi
echo "installing ${missing[*]} from the distribution's packages"
"${sudo[@]}" apt-get update -qq
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends "${missing[@]}" >/dev/null
