# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# apt with sources and state of our own: the machine's sources stay as they are,
# and its mirror and key are used. Sourced after common.sh.

. /etc/os-release

# apt_source: "URI KEYRING" of the running release's main, as the machine's apt
# has them; read from the files, since apt itself tells only after an update
apt_source() {
	local file
	for file in /etc/apt/sources.list.d/*.sources; do
		[ -e "$file" ] && grep -v '^#' "$file" | awk -v rel="$VERSION_CODENAME" '
		BEGIN { RS = ""; FS = "\n" }
		{
			delete v
			for (i = 1; i <= NF; i++) {
				p = index($i, ":")
				v[tolower(substr($i, 1, p - 1))] = substr($i, p + 1) " "
			}
			if (v["enabled"] ~ /no/ || v["types"] !~ /deb / ||
			    v["suites"] !~ " " rel " " || v["components"] !~ / main /)
				next
			split(v["uris"], uri, " ")
			split(v["signed-by"], key, " ")
			print uri[1], key[1]
		}'
	done
	{ cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list || :; } 2>/dev/null |
		awk -v rel="$VERSION_CODENAME" '$1 == "deb" {
			key = ""
			if (match($0, /signed-by=[^] ]*/))
				key = substr($0, RSTART + 10, RLENGTH - 10)
			sub(/\[[^]]*\]/, "")
			if ($3 == rel && / main/) print $2, key
		}'
}

apt_mirror() { apt_source | awk 'NR == 1 { print $1 }'; }

# A key may also stand in the stanza itself; Debian's keyring has it too
apt_signed_by() {
	local key
	key=$(apt_source | awk 'NR == 1 { print $2 }')
	case $key in
	/*) echo "$key" ;;
	*) echo /usr/share/keyrings/debian-archive-keyring.gpg ;;
	esac
}

# own_apt TOOL ARGS...: apt-get or apt-cache with our sources and state
own_apt() {
	local tool=$1
	shift
	"$tool" -o Dir::Etc::sourcelist=/dev/null \
		-o Dir::Etc::sourceparts="$APT/sources.d" \
		-o Dir::State::lists="$APT/lists" -o Dir::Cache="$APT/cache" \
		-o Dir::Cache::archives="$APT/archives" \
		-o APT::Install-Recommends=false -o APT::Get::Assume-Yes=true \
		-o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 \
		-o APT::Sandbox::User=root "$@"
}

apt_prepare() {
	local mirror key suites=$VERSION_CODENAME
	mirror=$(apt_mirror)
	[ -n "$mirror" ] || die "no apt source for $VERSION_CODENAME main found"
	key=$(apt_signed_by)
	case $VERSION_CODENAME in
	bookworm) suites="bookworm bookworm-updates bookworm-backports" ;;
	trixie) suites="trixie trixie-updates" ;;
	*) die "Debian 12 or 13 is needed, this is $PRETTY_NAME" ;;
	esac
	mkdir -p "$APT/sources.d" "$APT/lists/partial" \
		"$APT/cache" "$APT/archives/partial"
	exec 8>"$APT/.lock"
	flock 8
	cat >"$APT/sources.d/debian.sources.new" <<-END
		Types: deb
		URIs: $mirror
		Suites: $suites
		Components: main
		Signed-By: $key
	END
	# A day is fresh enough; a changed source is read at once
	if ! cmp -s "$APT/sources.d/debian.sources"{.new,} ||
	   [ -z "$(find "$APT/lists" -maxdepth 1 -name '*Packages*' -mtime -1)" ]; then
		mv "$APT/sources.d/debian.sources"{.new,}
		own_apt apt-get -qq update
	fi
	rm -f "$APT/sources.d/debian.sources.new"
	exec 8>&-
	# Where newer kernels and QEMU come from
	case $VERSION_CODENAME in
	bookworm) FROM=(-t bookworm-backports) ;;
	*) FROM=() ;;
	esac
}

# candidate PACKAGE: the version our sources would install
candidate() {
	own_apt apt-cache "${FROM[@]}" policy "$1" | sed -n 's/^  Candidate: //p'
}

# fetch PACKAGE VERSION: download the .deb to the cache and print its path
fetch() {
	(cd "$APT/archives" && own_apt apt-get -qq download "$1=$2" >&2)
	find "$APT/archives" -maxdepth 1 -name "$1_*.deb" -printf '%T@ %p\n' |
		sort -n | awk 'END { print $2 }'
}
