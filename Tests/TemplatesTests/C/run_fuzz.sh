#!/usr/bin/env bash
# Fuzzes the readers of data and of weights with libFuzzer under Address- and UndefinedBehaviorSanitizer.
# run_fuzz.sh [RUNS]: so many inputs for each reader, by default few enough for `make test`; then every run is the same.
# What fails is kept in build/fuzz. CLANG names the compiler.
set -u
cd "$(dirname "$0")/../../.." || exit 1
here=Tests/TemplatesTests/C
clang=${CLANG:-clang} runs=${1:-10000}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0
flags='-std=c99 -Wall -Wextra -Wno-unused-function -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all'

echo '#include <stdint.h>
#include <stddef.h>
int LLVMFuzzerTestOneInput(const uint8_t *b, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *b, size_t n) { return b && n == 1 ? 0 : 0; }' > "$work/none.c"
if ! command -v "$clang" > /dev/null || ! "$clang" $flags "$work/none.c" -o "$work/none" 2> /dev/null; then
  echo "skipped: $clang has no libFuzzer (on Debian: apt-get install clang libclang-rt-14-dev)"
  exit 0
fi

# fuzz NAME SOURCE FLAGS: the seeds lie in $work/NAME
fuzz() {
  local name=$1
  shift
  if ! "$clang" $flags -I"$work" -I"$here" "$@" -lm -o "$work/$name.fuzz" > "$work/$name.log" 2>&1; then
    echo "FAILED: fuzzing $name does not compile"
    head -40 "$work/$name.log"
    failed=1
    return
  fi
  mkdir -p build/fuzz "$work/$name"
  if ! "$work/$name.fuzz" -runs="$runs" -seed=1 -max_len=9000 -timeout=10 -rss_limit_mb=1024 -detect_leaks=0 -verbosity=0 \
    -artifact_prefix="build/fuzz/$name-" -print_final_stats=1 "$work/$name" > "$work/$name.log" 2>&1; then
    echo "FAILED: $name, on build/fuzz/$name-*"
    grep -a -v '^#' "$work/$name.log" | head -40
    failed=1
    return
  fi
  echo "ok   $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$name.log") inputs"
}

# seed READER NAME FORMAT…: a file as printf writes it
seed() {
  mkdir -p "$work/$1"
  printf "${@:3}" > "$work/$1/$2"
}

# little COUNT NUMBER: as so many bytes, the lowest first, in printf's escapes
little() {
  local text= number=$2 i
  for ((i = 0; i < $1; i++)); do
    text+=$(printf '\\x%02x' $((number & 255)))
    number=$((number >> 8))
  done
  echo "$text"
}

# npy TYPE SHAPE VALUES: an NPY file as a format of printf
npy() {
  local header="{'descr': '$1', 'fortran_order': False, 'shape': ($2), }"
  echo "\\x93NUMPY\\x01\\x00$(little 2 ${#header})$header$3"
}

seed csv header 'a,b,w,v,y\n1,2.5,0,1,2\n-3e2,4,4,3,0\n'
seed csv quoted '\xef\xbb\xbf"y","a ""b""",c,d,e\r\n"1"," 2 ",3,4,1\r\n\r\n2,.5,1,0,0'
seed csv plain '0,1,2,3,4\n1,0x1p3,1e-300,0,0\n'
seed csv lines 'a,b,w,v,y\n\n\n1,2\n'

ones='\x00\x00\x80\x3f\x00\x00\x80\x3f'
seed npy floats "$(npy '<f4' '2, 2' "$ones$ones")"
seed npy doubles "$(npy '>f8' '1, 2' '\x3f\xf0\0\0\0\0\0\0\x3f\xf0\0\0\0\0\0\0')"
seed npy labels "$(npy '|u1' '3,' '\x00\x01\x02')"
seed npy longs "$(npy '<i8' '1,' '\x02\0\0\0\0\0\0\0')"
seed npy second '\x93NUMPY\x02\x00\x20\x00\x00\x00{ }'

seed idx bytes '\0\0\x08\x02\0\0\0\x02\0\0\0\x02\x01\x02\x03\x04'
seed idx labels '\0\0\x08\x01\0\0\0\x02\x01\x02'
seed idx floats '\0\0\x0d\x02\0\0\0\x01\0\0\0\x02\x3f\x80\0\0\x3f\x80\0\0'

# An archive of an array for each input and the target, stored; gzip ends with the checksum that zip has, and the size.
archive= directory= place=0 entries=0
for member in x words y; do
  case $member in
    x) array=$(npy '<f4' '1, 2' "$ones") ;;
    words) array=$(npy '|i1' '1, 2' '\x00\x04') ;;
    y) array=$(npy '|u1' '1,' '\x02') ;;
  esac
  printf "$array" > "$work/member"
  size=$(wc -c < "$work/member")
  sum=$(gzip -c "$work/member" | tail -c 8 | head -c 4 | od -An -tx1 | sed 's/ /\\x/g')
  facts="\\x14\\0\\0\\0\\0\\0\\0\\0\\0\\0$sum$(little 4 "$size")$(little 4 "$size")$(little 2 $((${#member} + 4)))\\0\\0"
  archive+="PK\\x03\\x04$facts$member.npy$array"
  directory+="PK\\x01\\x02\\x14\\0$facts\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0$(little 4 $place)$member.npy"
  place=$((place + 30 + ${#member} + 4 + size))
  entries=$((entries + 1))
done
printf "$directory" > "$work/directory"
seed npz arrays "$archive${directory}PK\\x05\\x06\\0\\0\\0\\0$(little 2 $entries)$(little 2 $entries)$(little 4 "$(wc -c < "$work/directory")")$(little 4 $place)\\0\\0"

# safetensors HEADER VALUES
safetensors() { echo "$(little 8 "$(printf "$1" | wc -c)")$1$2"; }
header='{"__metadata__":{"a":"b"},"x":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"words":{"dtype":"I16","shape":[1,2],"data_offsets":[8,12]},"y":{"dtype":"U8","shape":[1],"data_offsets":[12,13]}}'
seed safetensors arrays "$(safetensors "$header" "$ones\\x01\\0\\x04\\0\\x02")"
seed safetensors none "$(safetensors '{}' '')"

vocabulary='"tokens":"word","vocabulary":"a\\u0000b\\"\\u0000","text":"t","label":"l"'
header='{"__metadata__":{'$vocabulary'},"x":{"dtype":"I32","shape":[1,4],"data_offsets":[0,16]},"y":{"dtype":"I32","shape":[1],"data_offsets":[16,20]}}'
seed text packed "\x00$(safetensors "$header" '\x02\0\0\0\x03\0\0\0\0\0\0\0\x01\0\0\0\x02\0\0\0')"
seed text bytes '\x00\x01\x02\x03\x04\x05\x06\x07\x08\x00'
seed text characters '\x01abc\xc3\xa9 abc\xc3\xa9'
seed text words '\x02It is a day, is it? It is. a day'
seed text labelled '\x05text,y\n"a ""good"", day",1\nbad,0\n'

mkdir -p "$work/cifar"
head -c 3073 /dev/zero > "$work/cifar/ten"
head -c 3074 /dev/zero > "$work/cifar/hundred"
head -c 6146 /dev/zero > "$work/cifar/two"

# A checkpoint, as the generated program saves it.
generated=Generated/diabetes
if "$clang" -O0 -w $generated/*.c -lm -lpthread -o "$work/diabetes.program" 2> /dev/null; then
  mkdir -p "$work/weights"
  "$work/diabetes.program" train --epochs 1 --data Examples/diabetes/diabetes.csv --checkpoint "$work/weights/checkpoint" > /dev/null
fi
[ -s "$work/weights/checkpoint" ] || { echo 'FAILED: no checkpoint to begin with'; failed=1; }

for piece in inline.c utf8.c read_file.c safetensors.h safetensors_text.c safetensors.c driver_tokens.c driver_vocabulary.c \
  driver_array.c driver_csv_field.c driver_csv.c driver_npy.c driver_npz.c driver_idx.c driver_safetensors.c driver_cifar.c driver_text.c; do
  sed 's/@name@/model/g; s/@NAME@/MODEL/g' "Templates/$piece"
done > "$work/readers.h"
# Two at a time: the first half of them, and the rest beside it.
for reader in csv npy npz; do fuzz $reader -DREADER="${reader^^}" "$here/reader_fuzz.c"; done > "$work/first" &
for reader in idx cifar safetensors text; do fuzz $reader -DREADER="${reader^^}" "$here/reader_fuzz.c"; done
fuzz weights -I$generated "$here/weights_fuzz.c" $generated/diabetes.c $generated/diabetes_io.c -lpthread
wait
cat "$work/first"
grep -q FAILED "$work/first" && failed=1
exit $failed
