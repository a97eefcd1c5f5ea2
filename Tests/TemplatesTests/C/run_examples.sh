#!/usr/bin/env bash
# Every example from model.swift to a trained program: its C under both compilers with warnings as errors, products by BLAS
# and builtin, optimized and not, stopped and resumed; then the user's errors by their messages. Needs .build/debug/dlc.
set -u
root=$(cd "$(dirname "$0")/../../.." && pwd)
dlc=$root/.build/debug/dlc
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
warnings="-std=c99 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror"

check() { # name, status of the step
  if [ "$2" = 0 ]; then echo "ok   $1"; else echo "FAIL $1"; failures=$((failures + 1)); fi
}

expect() { # name, expected text, command...
  local name=$1 text=$2 output
  shift 2
  output=$("$@" 2>&1)
  local status=$?
  [ $status = 1 ] && [[ $output == *"$text"* ]]
  check "$name" $?
  [[ $output == *"$text"* ]] || echo "     '$text' expected, got: $output (status $status)"
}

# value METRIC: the number behind METRIC= on standard input
value() { sed -n "s/.*$1=\([0-9.]*\).*/\1/p"; }

for example in digits breast_cancer diabetes; do
  for products in blas builtin; do
    for level in 0 1; do
      folder=$work/$example-$products-$level
      "$dlc" compile "$root/Examples/$example/model.swift" --output "$folder" --gemm $products --optimize $level > /dev/null 2>&1
      check "$example compiles, products $products, level $level" $?
      for compiler in gcc clang; do
        for file in "" _io _main; do
          $compiler $warnings -O1 -march=native -c "$folder/$example$file.c" -o "$work/object.o"
          check "$example$file.c has no warnings with $compiler, $products, level $level" $?
        done
      done
      (cd "$folder" && ./$example train --epochs 3 > train.txt && ./$example evaluate --weights $example.safetensors > evaluate.txt)
      check "$example trains and evaluates, $products, level $level" $?
    done
  done
  first=$(value loss < "$work/$example-blas-0/evaluate.txt")
  for other in blas-1 builtin-0 builtin-1; do
    awk -v a="$first" -v b="$(value loss < "$work/$example-$other/evaluate.txt")" \
      'BEGIN { d = a > b ? a - b : b - a; exit !(a > 0 && d <= 1e-3 * a) }'
    check "$example: $other trains as blas-0 does" $?
  done
done

cd "$work/digits-builtin-1" || exit 1
head -n 1201 "$root/Examples/digits/digits.csv" > train.csv
(head -n 1 train.csv; tail -n 300 "$root/Examples/digits/digits.csv") > held_out.csv
./digits train --data train.csv --checkpoint whole.safetensors > /dev/null
accuracy=$(./digits evaluate --weights whole.safetensors --data held_out.csv | value accuracy)
awk -v a="$accuracy" 'BEGIN { exit !(a >= 0.96) }'
check "digits reaches 0.96 on rows it never saw: $accuracy" $?

./digits train --epochs 4 --checkpoint four.safetensors > /dev/null
./digits train --epochs 2 --checkpoint two.safetensors > /dev/null
./digits train --epochs 4 --checkpoint two.safetensors --resume > /dev/null
cmp four.safetensors two.safetensors
check "a resumed run ends as one that never stopped" $?

# Memory is for rows, not for lines: four million rows of 64 numbers would be 1 GB.
(head -n 1 held_out.csv; yes '' | head -n 4000000; tail -n 300 held_out.csv) > empty_lines.csv
sparse=$(ulimit -v 700000; ./digits evaluate --weights whole.safetensors --data empty_lines.csv | value accuracy)
test "$sparse" = "$accuracy"
check "empty lines need no memory" $?
sed '5s/,16,/,abc,/' train.csv > word.csv
expect "a word in a row" "word.csv:5: 'abc' is not a number" ./digits train --data word.csv
sed '9s/^[0-9]*/12/' train.csv > label.csv
expect "a label out of range" "label.csv:9: label 12 is outside 0 to 9" ./digits train --data label.csv
sed '1s/label/lobel/' train.csv > column.csv
expect "no target column" "there is no column 'label'" ./digits train --data column.csv
sed '7s/,[0-9]*$//' train.csv > short.csv
: > nothing.csv
expect "an empty file" "nothing.csv: it is empty" ./digits train --data nothing.csv
sed '1s/pixel0/label/' train.csv > twice.csv
expect "a target twice" "twice.csv:1: two columns are called 'label'" ./digits train --data twice.csv
gzip -c train.csv > packed.csv
expect "no text" "is zero: it is no CSV" ./digits train --data packed.csv
sed '3s/^/\n\n/' word.csv > later.csv
expect "a word behind empty lines" "later.csv:7: 'abc' is not a number" ./digits train --data later.csv
expect "a short row" "short.csv:7: 64 values, but 65 are expected" ./digits train --data short.csv
expect "no file" "none.csv: No such file" ./digits train --data none.csv
expect "no folder for the checkpoint" "cannot save" ./digits train --epochs 1 --checkpoint none/x
expect "weights of another model" "but the model's has" ./digits evaluate --weights ../diabetes-blas-1/diabetes.safetensors
head -c 3000 four.safetensors > cut.safetensors
expect "a cut file of weights" "not a valid safetensors file" ./digits evaluate --weights cut.safetensors
printf 'XXXXXXX' | dd of=two.safetensors bs=1 seek=20000 conv=notrunc 2> /dev/null
expect "a damaged file of weights" "are damaged" ./digits evaluate --weights two.safetensors

expect "results that nobody gets" "standard output: No space left on device" \
  bash -c "./digits evaluate --weights whole.safetensors --data held_out.csv > /dev/full"
expect "a log on a full disk" "/dev/full: No space left on device" ./digits train --epochs=1 --checkpoint=log.safetensors --log-json=/dev/full
test -s log.safetensors
check "what was trained is saved, though not logged" $?
for change in 's/$/\r/' 's/[^,]*/"&"/g' '1s/^/\xef\xbb\xbf/' '1d' '9s/$/\n\n/'; do
  sed "$change" held_out.csv > same.csv
  test "$(./digits evaluate --weights whole.safetensors --data same.csv | value accuracy)" = "$accuracy"
  check "a CSV after $change is the same data" $?
done
misuse() { # text, command...
  local text=$1 output
  shift
  output=$("$@" 2>&1)
  [ $? = 64 ] && [[ $output == *"$text"* ]]
  check "$*: $text" $?
}
misuse "--batch wants a whole number from 1, not '0'" ./digits train --batch 0
misuse "--learning-rate wants a number above 0, not 'nan'" ./digits train --learning-rate=nan
misuse "--resume takes no value" ./digits train --resume=yes
misuse "--epochs needs a value" ./digits train --epochs
misuse "'--epoch' is not an option of this command" ./digits train --epoch 3
misuse "'fly' is not a command" ./digits fly
misuse "usage: digits COMMAND" ./digits

[ $failures = 0 ] || echo "$failures failed"
exit $((failures > 0))
