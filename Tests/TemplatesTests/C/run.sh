#!/bin/sh
# Tests of the C templates: run.sh [--long]
# Prints one line for each step that fails and exits 1 if one did. --long: every float, more mutations; some minutes.
# CLANG and GCC name the compilers; one that is not there is left out.
set -u
here=$(cd "$(dirname "$0")" && pwd)
templates=$here/../../../Templates
clang=${CLANG:-clang} gcc=${GCC:-gcc}
long=no mutations=300000
[ "${1:-}" = --long ] && long=yes mutations=20000000
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0
warnings='-std=c99 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror'
sanitize='-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all'

# step NAME COMMAND…: runs it; what it printed is shown only if it fails
step() {
  name=$1
  shift
  if ! "$@" >"$work/log" 2>&1; then
    echo "FAILED: $name"
    head -40 "$work/log"
    failed=1
    return 1
  fi
}

# The templates as a model gets them
{
  cat <<'END'
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#ifndef MODEL_REAL_BITS
#define MODEL_REAL_BITS 32
#endif
#if MODEL_REAL_BITS == 32
typedef float model_real;
#else
typedef double model_real;
#endif
END
  for piece in inline.c checksum.c vector.c scalar.c fold.c philox.c math.c transpose.c tile.c rows.c initializers.c; do
    sed 's/@name@/model/g; s/@NAME@/MODEL/g' "$templates/$piece"
  done
} >"$work/templates.h"
# Its functions have external linkage: it goes into one object alone.
for piece in safetensors.h utf8.c safetensors_text.c safetensors.c; do
  sed 's/@name@/model/g; s/@NAME@/MODEL/g' "$templates/$piece"
done >"$work/safetensors_pieces.h"
sed 's/@name@/model/g; s/@NAME@/MODEL/g' "$templates/threads.c" >"$work/threads_piece.h"
{ cat "$work/templates.h" "$work/safetensors_pieces.h"; echo 'int main(void) { return 0; }'; } >"$work/all.c"

compilers=
for compiler in "$gcc" "$clang"; do
  command -v "$compiler" >/dev/null 2>&1 && compilers="$compilers $compiler"
done
[ -n "$compilers" ] || { echo 'FAILED: no compiler'; exit 1; }

# The host's vectors, and on x86 the widths between
targets='-march=native -O3'
case $(uname -m) in
  x86_64) targets="$targets
-march=x86-64
-march=x86-64-v3"
    grep -q avx512vl /proc/cpuinfo && targets="$targets
-march=x86-64-v4" ;;
esac

# Compiles everywhere, runs where the processor has it
widest=
[ "$(uname -m)" = x86_64 ] && widest=-march=x86-64-v4

builds= objects=
for compiler in $compilers; do
  label=$(basename "$compiler" | tr -c 'a-z0-9\n' _)
  compile="$compiler $warnings -I$here -I$work"

  # Without warnings where nothing of it is used, for every kind of vector
  for bits in 32 64; do
    printf '%s\n' "$targets" $widest | while read -r target; do
      step "$label $target f$bits: no warnings" $compile $target -O1 -DMODEL_REAL_BITS=$bits -c "$work/all.c" -o "$work/all.o" || exit 1
    done || failed=1
  done

  step "$label tile, sanitized: compiles" $compile $sanitize -march=native "$here/tile_test.c" -o "$work/tile" -lm &&
    step "$label tile, sanitized" "$work/tile"
  for test in philox initializers safetensors checksum; do
    step "$label $test: compiles" $compile $sanitize "$here/${test}_test.c" -o "$work/$test" -lm &&
      step "$label $test" "$work/$test" $mutations
  done
  case $compiler in
    *clang*) sanitizers=address,undefined ;; # Swift's clang lacks a library for the other
    *) sanitizers='thread address,undefined' ;;
  esac
  for sanitizer in $sanitizers; do
    step "$label threads, $sanitizer: compiles" $compile -O1 -g -fsanitize=$sanitizer "$here/threads_test.c" -o "$work/threads" -lm -pthread &&
      step "$label threads, $sanitizer" "$work/threads"
  done
  step "$label checksum -march=native: compiles" $compile -O2 -march=native "$here/checksum_test.c" -o "$work/checksum" -lm &&
    step "$label checksum -march=native" "$work/checksum"
  step "$label initializers f64: compiles" $compile -O2 -DMODEL_REAL_BITS=64 "$here/initializers_test.c" -o "$work/initializers" -lm &&
    step "$label initializers f64" "$work/initializers"
  for bits in 32 64; do
    echo "$targets" | while read -r target; do
      step "$label fold $target f$bits: compiles" $compile -O3 $target -DMODEL_REAL_BITS=$bits "$here/fold_test.c" -o "$work/fold" -lm &&
        step "$label fold $target f$bits" "$work/fold" || exit 1
      step "$label tile $target f$bits: compiles" $compile -O3 $target -DMODEL_REAL_BITS=$bits "$here/tile_test.c" -o "$work/tile" -lm &&
        step "$label tile $target f$bits" "$work/tile" || exit 1
    done || failed=1
  done

  # math.c for the host and for the least of its family; every loop must have become vector code
  case $compiler in
    *clang*) report=-Rpass=loop-vectorize ;;
    *) report=-fopt-info-vec-optimized ;;
  esac
  for target in native baseline; do
    flags='-O3 -fno-math-errno'
    [ $target = native ] && flags="$flags -march=native"
    object=$work/math_${label}_$target.o
    step "$label math $target: compiles" $compile $flags -DBUILD=${label}_$target $report -c "$here/math_functions.c" -o "$object" ||
      continue
    loops=$(grep vectorized "$work/log" | sed -E 's/.*math_functions\.c:([0-9]+):.*/\1/' | sort -u | wc -l)
    [ "$loops" -ge 8 ] || { echo "FAILED: $label math $target: only $loops of 8 loops are vectorized"; failed=1; }
    builds="${builds}X(${label}_$target)" objects="$objects $object"
  done
done

# NEON, on another processor by emulation
neon=aarch64-linux-gnu
if command -v $neon-gcc >/dev/null && command -v qemu-aarch64 >/dev/null; then
  for bits in 32 64; do
    step "$neon tile f$bits: compiles" $neon-gcc $warnings -I"$here" -I"$work" -O3 -DMODEL_REAL_BITS=$bits "$here/tile_test.c" \
      -o "$work/tile" -lm && step "$neon tile f$bits" qemu-aarch64 -L /usr/$neon "$work/tile"
  done
else
  echo "skipped: $neon (on Debian: apt-get install qemu-user gcc-$neon libc6-dev-arm64-cross)"
fi

set -- $compilers
step 'math: compiles' "$1" $warnings -O2 "-DBUILDS(X)=$builds" -I"$here" "$here/math_test.c" $objects -o "$work/math" -lm && {
  step 'math' "$work/math"
  if [ $long = yes ]; then
    "$work/math" --long 0 2 >"$work/even" 2>&1 &
    step 'math, odd bit patterns' "$work/math" --long 1 2
    wait $! || { echo 'FAILED: math, even bit patterns'; cat "$work/even"; failed=1; }
  fi
}
exit $failed
