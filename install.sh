#!/usr/bin/env bash
# Installs Autoloop for one user, or removes it again: `install.sh --help`.
# It plans first and acts then. All that is new is written beside its place and renamed into it at the end, so that an
# interruption at any moment leaves what was there before. For bash 3.2 and later (macOS has that one).
set -euo pipefail

usage() {
  cat <<'EOF'
Usage: install.sh [options]

Installs Autoloop for you: the program, the launcher `autoloop`, and the skill for agents. From a checkout it builds
the program; in an unpacked release it takes the one beside it.

  --dry-run                 print the plan and change nothing
  --prebuilt FILE           install this executable and build nothing
  --overwrite               replace a launcher or a skill file that is there already
  --recreate                replace an installation that is there already (--recreate-venv means the same)
  --skill-target TARGET     both (codex and agents), codex, agents, claude, all or none; by default both, and claude where
                            there is a ~/.claude
  --uninstall               remove what was installed, and nothing else
  -h, --help                print this help

Variables:
  AUTOLOOP_INSTALL_ROOT     folder of the program     (default: ~/.local/share/autoloop)
  AUTOLOOP_BIN_DIR          folder of the launcher    (default: ~/.local/bin)
  CODEX_SKILLS_DIR          folder of codex's skills  (default: skills in $CODEX_HOME or ~/.codex)
  CODEX_AGENTS_SKILLS_DIR   folder of agents' skills  (default: ~/.agents/skills)

It uses no sudo, edits no shell profile, and installs neither codex nor claude.
EOF
}

main() {
  parse_arguments "$@"
  locate
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  if [ "$MODE" = uninstall ]; then
    plan_removal
    show_plan
    remove
  else
    check_source
    plan_installation
    show_plan
    install
  fi
}

# ---- What is asked for ----

die() {
  printf 'ERROR: %s\n' "$1" >&2
  exit 1
}

parse_arguments() {
  MODE=install DRY_RUN='' OVERWRITE='' RECREATE='' PREBUILT='' SKILL_TARGET=''
  while [ $# -gt 0 ]; do
    case "$1" in
      --dry-run) DRY_RUN=yes ;;
      --overwrite) OVERWRITE=yes ;;
      --recreate | --recreate-venv) RECREATE=yes ;;
      --uninstall) MODE=uninstall ;;
      --prebuilt=?*) PREBUILT=${1#*=} ;;
      --skill-target=?*) SKILL_TARGET=${1#*=} ;;
      --prebuilt | --skill-target)
        if [ -z "${2:-}" ]; then die "$1 needs a value"; fi
        if [ "$1" = --prebuilt ]; then PREBUILT=$2; else SKILL_TARGET=$2; fi
        shift
        ;;
      -h | --help)
        usage
        exit 0
        ;;
      *) die "unknown argument: $1 (install.sh --help lists what there is)" ;;
    esac
    shift
  done
  case "$SKILL_TARGET" in
    '') TARGETS='' ;; # see default_targets
    both) TARGETS='codex agents' ;;
    codex | agents | claude) TARGETS=$SKILL_TARGET ;;
    all) TARGETS='codex agents claude' ;;
    none) TARGETS='' ;;
    *) die "--skill-target $SKILL_TARGET: it must be both, codex, agents, claude, all or none" ;;
  esac
  if [ "$MODE" = uninstall ] && [ -n "$OVERWRITE$RECREATE$PREBUILT$SKILL_TARGET" ]; then
    die '--uninstall goes with --dry-run only: it removes all that was installed'
  fi
}

# ---- Where things are ----

locate() {
  case "$(uname -s)" in
    MINGW* | MSYS* | CYGWIN*) die 'Windows is not supported: install Autoloop inside WSL' ;;
  esac
  [ -n "${HOME:-}" ] || die 'HOME is not set'
  if [ -z "$SKILL_TARGET" ]; then default_targets; fi
  HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
  ROOT=$(absolute "${AUTOLOOP_INSTALL_ROOT:-$HOME/.local/share/autoloop}")
  BIN_DIR=$(absolute "${AUTOLOOP_BIN_DIR:-$HOME/.local/bin}")
  if [ "$ROOT" = "$BIN_DIR" ]; then die 'AUTOLOOP_INSTALL_ROOT and AUTOLOOP_BIN_DIR must be two folders'; fi
  case "$HOME$ROOT$BIN_DIR$(skill_file codex)$(skill_file agents)" in
    *$'\n'* | *$'\t'*) die 'a folder with a tab or a line break in its name cannot be installed to' ;;
  esac
  BINARY=$ROOT/autoloop
  LAUNCHER=$BIN_DIR/autoloop
  # What was installed, a line each, `KIND<tab>VALUE<tab>PATH`: the launcher, skills with their checksum, folders made.
  MANIFEST=$ROOT/manifest
  CREATES='' OVERWRITES='' DELETES='' SKIPS='' ADVISORIES='' BLOCKERS=''
  # What is written beside its place, `NEW<tab>PLACE` a line, and the folders made for it, the innermost first.
  PENDING='' NEW_FOLDERS='' RECORDS=''
}

default_targets() {
  TARGETS='codex agents'
  if [ -d "$HOME/.claude" ]; then TARGETS="$TARGETS claude"; fi
}

absolute() {
  case "$1" in
    /) printf '/' ;;
    /*) printf '%s' "${1%/}" ;;
    *) printf '%s/%s' "$PWD" "${1%/}" ;;
  esac
}

skill_file() {
  local folder
  case "$1" in
    codex) folder=${CODEX_SKILLS_DIR:-${CODEX_HOME:-$HOME/.codex}/skills} ;;
    agents) folder=${CODEX_AGENTS_SKILLS_DIR:-$HOME/.agents/skills} ;;
    claude) folder=$HOME/.claude/skills ;;
  esac
  printf '%s/autoloop/SKILL.md' "$(absolute "$folder")"
}

# ---- What is installed from ----

check_source() {
  if [ -z "$PREBUILT" ] && [ -f "$HERE/autoloop" ]; then PREBUILT=$HERE/autoloop; fi
  if [ -n "$PREBUILT" ]; then
    PREBUILT=$(absolute "$PREBUILT")
    [ -f "$PREBUILT" ] || die "--prebuilt $PREBUILT is not a file"
    SOURCE=$PREBUILT
  else
    local part
    for part in package.json package-lock.json scripts/build.mjs src/main.ts skill/SKILL.md; do
      [ -f "$HERE/$part" ] || die "incomplete checkout: $HERE/$part is missing (or give --prebuilt FILE)"
    done
    for part in node npm; do
      command -v "$part" >/dev/null || die "$part is missing, which the build needs (or give --prebuilt FILE)"
    done
    SOURCE="built in $HERE"
  fi
  if [ -f "$HERE/skill/SKILL.md" ]; then
    SKILL=$(cat "$HERE/skill/SKILL.md")
  elif [ -n "$TARGETS" ]; then
    SKILL=$("$PREBUILT" skill 2>/dev/null) || die "$PREBUILT does not run on this machine"
  fi
}

# ---- The plan ----

creates() { CREATES="$CREATES  - $1"$'\n'; }
overwrites() { OVERWRITES="$OVERWRITES  - $1"$'\n'; }
deletes() { DELETES="$DELETES  - $1"$'\n'; }
skips() { SKIPS="$SKIPS  - $1"$'\n'; }
advises() { ADVISORIES="$ADVISORIES  - $1"$'\n'; }
blocks() { BLOCKERS="$BLOCKERS  - $1"$'\n'; }

exists() { [ -e "$1" ] || [ -L "$1" ]; }

plan_installation() {
  local target
  NEED_BINARY='' NEED_LAUNCHER='' NEED_SKILLS=''
  plan_binary
  plan_launcher
  for target in $TARGETS; do plan_skill "$target"; done
  if [ -n "$CREATES$OVERWRITES" ]; then plan_manifest; fi
  plan_leftovers
  advise
}

plan_binary() {
  if ! exists "$BINARY"; then
    creates "$BINARY ($SOURCE)"
  elif [ -d "$BINARY" ]; then
    blocks "$BINARY is a folder: move it away"
    return
  elif [ -n "$RECREATE" ]; then
    overwrites "$BINARY ($SOURCE)"
  elif is_installed; then
    skips "$BINARY (already installed)"
    return
  else
    blocks "$BINARY is there already and is another one: --recreate replaces it"
    return
  fi
  NEED_BINARY=yes
  if [ -z "$PREBUILT" ]; then creates "$HERE/node_modules and $HERE/dist, where they are not up to date"; fi
}

# Whether the installed program is the one that would be installed.
is_installed() {
  if [ -n "$PREBUILT" ]; then
    cmp -s "$PREBUILT" "$BINARY"
    return
  fi
  local would_be
  would_be=$(node "$HERE/scripts/version.mjs" 2>/dev/null) || return 1
  [ "$("$BINARY" --version --verbose 2>/dev/null | head -n 1 || true)" = "$would_be" ] || return 1
  case "$would_be" in
    *-dirty* | *unknown*) advises "the sources may differ from the installed program: --recreate builds it anew" ;;
  esac
}

# The program is compiled with Bun, which takes orders from the environment before it begins: none of them reaches it.
launcher_text() {
  printf '#!/bin/sh\nunset BUN_OPTIONS BUN_BE_BUN\nexec '
  quoted "$BINARY"
  printf ' "$@"\n'
}

# One word of a shell, whatever is in it.
quoted() {
  local rest=$1 result=
  while [ "${rest#*\'}" != "$rest" ]; do
    result="$result${rest%%\'*}'\\''"
    rest=${rest#*\'}
  done
  printf "'%s'" "$result$rest"
}

is_launcher() { [ -f "$1" ] && [ ! -L "$1" ] && [ "$(cat "$1" 2>/dev/null)" = "$(launcher_text)" ]; }

# Releases up to 0.2.0 made a link.
is_older_launcher() { [ -L "$1" ] && [ "$(readlink "$1")" = "$BINARY" ]; }

plan_launcher() {
  if ! exists "$LAUNCHER"; then
    creates "$LAUNCHER -> $BINARY"
  elif is_launcher "$LAUNCHER"; then
    skips "$LAUNCHER (already there)"
    return
  elif is_older_launcher "$LAUNCHER"; then
    overwrites "$LAUNCHER -> $BINARY"
  elif [ -d "$LAUNCHER" ]; then
    blocks "$LAUNCHER is a folder: move it away"
    return
  elif [ -n "$OVERWRITE" ]; then
    overwrites "$LAUNCHER -> $BINARY"
  else
    blocks "$LAUNCHER is there already: --overwrite replaces it"
    return
  fi
  NEED_LAUNCHER=yes
  check_folder "$BIN_DIR" 'AUTOLOOP_BIN_DIR sets another folder'
}

plan_skill() {
  local file
  file=$(skill_file "$1")
  if ! exists "$file"; then
    creates "$file"
  elif [ -d "$file" ]; then
    blocks "$file is a folder: move it away"
    return
  elif skill_text | cmp -s - "$file"; then
    skips "$file (already there)"
    return
  elif [ -n "$OVERWRITE" ]; then
    overwrites "$file"
  else
    blocks "$file is there already and is different: --overwrite replaces it"
    return
  fi
  NEED_SKILLS="$NEED_SKILLS $1"
  check_folder "$(dirname "$file")" '--skill-target chooses other skills'
}

plan_manifest() {
  if exists "$MANIFEST"; then
    overwrites "$MANIFEST (what is installed)"
  else
    creates "$MANIFEST (what is installed)"
  fi
  check_folder "$ROOT" 'AUTOLOOP_INSTALL_ROOT sets another folder'
}

skill_text() { printf '%s\n' "$SKILL"; }

# Blocks unless the folder can be written to, or made.
check_folder() {
  local folder=$1
  while ! exists "$folder"; do folder=$(dirname "$folder"); done
  if [ ! -d "$folder" ]; then
    blocks "$folder is not a folder: $2"
  elif [ ! -w "$folder" ] || [ ! -x "$folder" ]; then
    blocks "$folder cannot be written to: $2"
  fi
}

# What an interrupted run left beside its places.
leftovers() {
  local folder file
  while IFS= read -r folder; do
    for file in "$folder"/.autoloop-new.*; do
      if exists "$file"; then printf '%s\n' "$file"; fi
    done
  done <<EOF
$ROOT
$BIN_DIR
$(dirname "$(skill_file codex)")
$(dirname "$(skill_file agents)")
$(dirname "$(skill_file claude)")
EOF
}

plan_leftovers() {
  local file
  LEFTOVERS=$(leftovers)
  while IFS= read -r file; do
    if [ -n "$file" ]; then deletes "$file (left by an interrupted installation)"; fi
  done <<EOF
$LEFTOVERS
EOF
}

advise() {
  local found
  READY=yes
  if ! command -v git >/dev/null; then
    advises 'git is not installed: runs would make no checkpoints'
    READY=''
  fi
  if ! command -v codex >/dev/null && ! command -v claude >/dev/null; then READY=''; fi
  command -v codex >/dev/null || advises 'codex is not installed'
  command -v claude >/dev/null || advises 'claude is not installed'
  found=$(shadowing_program)
  if ! is_on_path; then
    advises "$BIN_DIR is not on PATH"
    READY=''
  elif [ -n "$found" ]; then
    advises "another autoloop comes first on PATH: $found"
    READY=''
  fi
  if [ -d "$ROOT/venv" ]; then advises "$ROOT/venv is of an older implementation, which nothing needs any more"; fi
}

is_on_path() {
  case ":$PATH:" in *":$BIN_DIR:"*) return 0 ;; esac
  return 1
}

# Another `autoloop` that comes before the launcher's folder on PATH.
shadowing_program() {
  local rest=$PATH: folder
  while [ -n "$rest" ]; do
    folder=${rest%%:*}
    rest=${rest#*:}
    if [ "$folder" = "$BIN_DIR" ]; then return 0; fi
    if [ -x "$folder/autoloop" ] && [ ! -d "$folder/autoloop" ]; then
      printf '%s' "$folder/autoloop"
      return 0
    fi
  done
}

show_plan() {
  section Creates "$CREATES"
  section Overwrites "$OVERWRITES"
  section Deletes "$DELETES"
  section Skips "$SKIPS"
  section Advisories "$ADVISORIES"
  section Blockers "$BLOCKERS"
  [ -n "$BLOCKERS" ] || return 0
  local first=${BLOCKERS%%$'\n'*} rest=${BLOCKERS#*$'\n'}
  if [ -n "$DRY_RUN" ]; then printf 'Predicted final status: not installed.\n'; fi
  die "${first#  - }${rest:+ (and more, see Blockers)}. Nothing was changed."
}

# One that has something in it.
section() {
  if [ -n "$2" ]; then printf '%s:\n%s\n' "$1" "$2"; fi
}

# ---- Installing ----

install() {
  if [ -n "$DRY_RUN" ]; then
    printf 'Dry run: nothing was changed.\nPredicted final status: %s\n' "$(final_status)"
    return
  fi
  if [ -z "$CREATES$OVERWRITES$DELETES" ]; then
    printf 'Nothing to do: Autoloop is installed.\n\n'
  else
    if [ -n "$CREATES$OVERWRITES" ]; then stage; fi
    put_in_place
  fi
  next_steps
  printf 'Final status: %s\n' "$(final_status)"
}

# Writes everything beside its place. Whatever fails here is undone by clean_up.
stage() {
  local target
  if [ -n "$NEED_BINARY" ]; then stage_binary; fi
  if [ -n "$NEED_LAUNCHER" ]; then stage_launcher; fi
  for target in $NEED_SKILLS; do stage_skill "$target"; done
  # The manifest is put in place first: should that be cut short, --uninstall knows of all the rest.
  new_file "$MANIFEST"
  manifest_text 2>/dev/null >"$NEW_FILE" || die "$ROOT cannot be written to. Nothing was changed."
  chmod 644 "$NEW_FILE"
}

stage_binary() {
  local from=$PREBUILT reason
  if [ -z "$from" ]; then
    build
    from=$HERE/dist/autoloop
  fi
  new_file "$BINARY"
  reason=$(cp "$from" "$NEW_FILE" 2>&1) || die "$from cannot be copied to $ROOT: ${reason##*: }. Nothing was changed."
  chmod 755 "$NEW_FILE"
  reason=$("$NEW_FILE" --version 2>&1) || die "$from does not run on this machine: ${reason%%$'\n'*}. Nothing was changed."
}

stage_launcher() {
  new_file "$LAUNCHER"
  launcher_text 2>/dev/null >"$NEW_FILE" || die "$BIN_DIR cannot be written to. Nothing was changed."
  chmod 755 "$NEW_FILE"
  RECORDS="$RECORDS"launcher$'\t'-$'\t'$LAUNCHER$'\n'
}

stage_skill() {
  local file sum
  file=$(skill_file "$1")
  new_file "$file"
  skill_text 2>/dev/null >"$NEW_FILE" || die "$(dirname "$file") cannot be written to. Nothing was changed."
  chmod 644 "$NEW_FILE"
  sum=$(checksum "$NEW_FILE")
  RECORDS="$RECORDS"skill$'\t'$sum$'\t'$file$'\n'
}

# In the checkout. Packages are installed when there are none or the lock file is newer than they; npm empties the folder
# first, so that one behind a link, which belongs to somebody else, is taken as it is.
build() {
  local packages=$HERE/node_modules
  local installed=$packages/.package-lock.json
  if [ ! -L "$packages" ] && { [ ! -f "$installed" ] || [ "$HERE/package-lock.json" -nt "$installed" ]; }; then
    printf 'Installing the packages that the build needs (npm ci) ...\n'
    (cd "$HERE" && npm ci --no-audit --no-fund >&2) || die 'npm ci failed, see above. Nothing was changed.'
  fi
  printf 'Building (npm run build) ...\n\n'
  (cd "$HERE" && npm run --silent build >&2) || die 'the build failed, see above. Nothing was changed.'
}

make_folder() {
  [ ! -d "$1" ] || return 0
  make_folder "$(dirname "$1")"
  mkdir "$1" 2>/dev/null || die "the folder $1 cannot be made. Nothing was changed."
  NEW_FOLDERS="$1"$'\n'"$NEW_FOLDERS"
}

# Sets NEW_FILE, an empty file that put_in_place will rename to this one.
new_file() {
  local folder
  folder=$(dirname "$1")
  make_folder "$folder"
  NEW_FILE=$(mktemp "$folder/.autoloop-new.XXXXXX" 2>/dev/null) || die "$folder cannot be written to. Nothing was changed."
  PENDING="$NEW_FILE"$'\t'"$1"$'\n'"$PENDING"
}

checksum() { cksum <"$1" | tr ' ' ':'; }

# The old manifest without what is recorded anew, then that.
manifest_text() {
  local folder kind value path
  while IFS= read -r folder; do
    if [ -n "$folder" ]; then RECORDS="$RECORDS"folder$'\t'-$'\t'$folder$'\n'; fi
  done <<EOF
$NEW_FOLDERS
EOF
  if [ -f "$MANIFEST" ]; then
    while IFS=$'\t' read -r kind value path; do
      case "$RECORDS" in
        *$'\t'"$path"$'\n'*) ;;
        *) printf '%s\t%s\t%s\n' "$kind" "$value" "$path" ;;
      esac
    done <"$MANIFEST"
  fi
  printf '%s' "$RECORDS"
}

# Renames only, the last written first.
put_in_place() {
  local new place
  while IFS=$'\t' read -r new place; do
    if [ -n "$new" ]; then mv -f "$new" "$place"; fi
  done <<EOF
$PENDING
EOF
  PENDING='' NEW_FOLDERS=''
  while IFS= read -r new; do
    if [ -n "$new" ]; then rm -f "$new"; fi
  done <<EOF
$LEFTOVERS
EOF
}

# At every exit: nothing half done stays.
clean_up() {
  local new place
  while IFS=$'\t' read -r new place; do
    if [ -n "$new" ]; then rm -f "$new"; fi
  done <<EOF
$PENDING
EOF
  while IFS= read -r place; do
    if [ -n "$place" ]; then rmdir "$place" 2>/dev/null || true; fi
  done <<EOF
$NEW_FOLDERS
EOF
}

# ---- Afterwards ----

final_status() {
  if [ -n "$READY" ]; then printf 'installed and ready.'; else printf 'installed but not ready.'; fi
}

next_steps() {
  local target
  printf 'Next steps:\n'
  if ! is_on_path; then
    case "${SHELL:-}" in
      */fish) printf '  - Put the launcher on PATH: fish_add_path "%s"\n' "$BIN_DIR" ;;
      */zsh) printf '  - Put the launcher on PATH, in ~/.zshrc: export PATH="%s:%s"\n' "$BIN_DIR" "\$PATH" ;;
      *) printf '  - Put the launcher on PATH, in ~/.bashrc: export PATH="%s:%s"\n' "$BIN_DIR" "\$PATH" ;;
    esac
  fi
  if command -v codex >/dev/null; then
    printf '  - See that codex is signed in: codex login status\n'
  else
    printf '  - Install codex: npm i -g @openai/codex\n'
  fi
  if command -v claude >/dev/null; then
    printf '  - See that claude is signed in: claude auth status\n'
  else
    printf '  - To use claude instead, install Claude Code and sign in: claude auth login; see it: claude auth status\n'
  fi
  printf '  - See it work without either: autoloop demo\n'
  for target in $TARGETS; do printf 'Skill for %s: %s\n' "$target" "$(skill_file "$target")"; done
}

# ---- Removing ----

plan_removal() {
  local kind value path
  DOOMED='' DOOMED_FOLDERS=''
  if [ ! -f "$MANIFEST" ]; then return 0; fi
  while IFS=$'\t' read -r kind value path; do
    if [ "$kind" = folder ]; then
      DOOMED_FOLDERS="$DOOMED_FOLDERS$path"$'\n'
    elif ! exists "$path"; then
      continue
    elif [ "$kind" = launcher ] && ! is_launcher "$path" && ! is_older_launcher "$path"; then
      skips "$path (it is not the launcher that was installed)"
    elif [ "$kind" = skill ] && { [ ! -f "$path" ] || [ "$(checksum "$path")" != "$value" ]; }; then
      skips "$path (changed since it was installed)"
    else
      doom "$path"
    fi
  done <"$MANIFEST"
  if [ -f "$BINARY" ]; then doom "$BINARY"; fi
  while IFS= read -r path; do
    if [ -n "$path" ]; then doom "$path"; fi
  done <<EOF
$(leftovers)
EOF
  # The manifest goes last: a removal that is cut short can be finished.
  doom "$MANIFEST"
  DOOMED_FOLDERS=$(printf '%s' "$DOOMED_FOLDERS" | LC_ALL=C sort -r)
  while IFS= read -r path; do
    if [ -n "$path" ] && [ -d "$path" ]; then deletes "$path/ (if it is empty then)"; fi
  done <<EOF
$DOOMED_FOLDERS
EOF
}

doom() {
  DOOMED="$DOOMED$1"$'\n'
  deletes "$1"
  [ -w "$(dirname "$1")" ] || blocks "$(dirname "$1") cannot be written to"
}

remove() {
  local path
  if [ -z "$DOOMED" ]; then
    printf 'Nothing to remove: Autoloop is not installed in %s.\n' "$ROOT"
    return
  fi
  if [ -n "$DRY_RUN" ]; then
    printf 'Dry run: nothing was changed.\nPredicted final status: removed.\n'
    return
  fi
  while IFS= read -r path; do
    if [ -n "$path" ]; then rm -f "$path" || die "$path cannot be removed"; fi
  done <<EOF
$DOOMED
EOF
  while IFS= read -r path; do
    if [ -n "$path" ]; then rmdir "$path" 2>/dev/null || true; fi
  done <<EOF
$DOOMED_FOLDERS
EOF
  printf 'Final status: removed.\n'
}

main "$@"
