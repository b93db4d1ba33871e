#!/bin/sh
# Makes configure and runs it.  With --install-deps it first installs what build, demo and tests need.
#   ./autogen.sh [--install-deps[=GROUP,...]] [CONFIGURE-OPTION ...]
# Groups beside the base: lab (more of nginx and what it talks to), lint (analysers, the clang sanitizers and fuzzer).
set -eu
cd "$(dirname "$0")"

base="gcc libc6-dev make autoconf automake pkg-config libpcre2-dev libsqlite3-dev zlib1g-dev libzstd-dev liblzma-dev libbz2-dev
      libxxhash-dev libcmocka-dev sqlite3 gzip zstd logrotate openssl ca-certificates python3 tzdata procps"
lab="lnav libnginx-mod-stream libnginx-mod-mail libnginx-mod-http-lua php-fpm gnutls-bin iproute2"
optional="libisal-dev" # configure does without it, and Debian has it for some processors only
lint="clang llvm libclang-rt-14-dev clang-tidy clang-format cppcheck shellcheck mandoc"

say() {
    printf 'autogen.sh: %s\n' "$*"
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing_of() {
    for package in "$@"; do
        installed "$package" || printf ' %s' "$package"
    done
}

# Of the packages named, those that the archive has, as far as its lists are here.
offered_of() {
    for package in "$@"; do
        if apt-cache show "$package" >/dev/null 2>&1; then
            printf ' %s' "$package"
        else
            say "$package is not in this system's archive, and is left out" >&2
        fi
    done
}

policy=/usr/sbin/policy-rc.d
kept=$policy.kept-by-ngxerr

# No service may start because its package is installed; a policy that stands there already is put back.
policy_set() {
    if [ -e "$policy" ] || [ -L "$policy" ]; then
        as_root mv "$policy" "$kept"
    fi
    trap policy_restore EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
}

policy_restore() {
    as_root rm -f "$policy"
    if [ -e "$kept" ] || [ -L "$kept" ]; then
        as_root mv "$kept" "$policy"
    fi
    trap - EXIT HUP INT TERM
}

install_deps() {
    wanted=$base
    case ,$1, in *,lab,*) wanted="$wanted $lab" ;; esac
    case ,$1, in *,lint,*) wanted="$wanted $lint" ;; esac
    # The tests drive the nginx that is there, whatever its origin; Debian's comes only where there is none.
    PATH=$PATH:/usr/sbin:/sbin command -v nginx >/dev/null 2>&1 || wanted="$wanted nginx"

    if ! command -v apt-get >/dev/null 2>&1; then
        say "there is no apt-get here; these packages (Debian's names) are needed and taken to be installed:"
        # shellcheck disable=SC2086 # a list of words
        say "$(printf '%s ' $wanted $optional)"
        return 0
    fi
    # shellcheck disable=SC2086 # a list of words
    missing=$(missing_of $wanted) extra=$(missing_of $optional)
    # shellcheck disable=SC2086
    [ -n "$missing" ] || extra=$(offered_of $extra)
    if [ -z "$missing$extra" ]; then
        say "every package that is needed is installed"
        return 0
    fi
    say "installing:$missing$extra"
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null 2>&1; then
        say "this needs root or sudo"
        [ -n "$missing" ] || return 0
        exit 1
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q -o Acquire::Retries=3
    # shellcheck disable=SC2086 # a list of words
    missing=$missing$(offered_of $extra)
    [ -n "$missing" ] || return 0
    policy_set
    # shellcheck disable=SC2086 # a list of words
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-upgrade --no-install-recommends \
        -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold $missing
    policy_restore
}

case ${1-} in
--install-deps)
    install_deps ""
    shift
    ;;
--install-deps=*)
    install_deps "${1#--install-deps=}"
    shift
    ;;
esac

autoreconf --install --force
./configure "$@"
