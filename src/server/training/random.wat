;; The inner loops of random bytes, sixteen at a time. `scripts/wasm.mjs` compiles it into random-wasm.ts; random.ts says what it computes.
(module
  (import "env" "memory" (memory 1))
  ;; The mixer "lowbias32" on four words.
  (func $mix (param $x v128) (result v128)
    (local.set $x (i32x4.mul
      (v128.xor (local.get $x) (i32x4.shr_u (local.get $x) (i32.const 16)))
      (v128.const i32x4 0x7feb352d 0x7feb352d 0x7feb352d 0x7feb352d)))
    (local.set $x (i32x4.mul
      (v128.xor (local.get $x) (i32x4.shr_u (local.get $x) (i32.const 15)))
      (v128.const i32x4 0x846ca68b 0x846ca68b 0x846ca68b 0x846ca68b)))
    (v128.xor (local.get $x) (i32x4.shr_u (local.get $x) (i32.const 16))))
  ;; Writes the words $word, $word + 1, … of the stream with the keys $k1, $k2 to the bytes 0 … $end, a multiple of 16.
  (func (export "draw") (param $end i32) (param $word i32) (param $k1 i32) (param $k2 i32)
    (local $at i32) (local $words v128)
    (local.set $words (i32x4.add (i32x4.splat (local.get $word)) (v128.const i32x4 0 1 2 3)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (v128.store (local.get $at)
          (call $mix (i32x4.add
            (call $mix (v128.xor (local.get $words) (i32x4.splat (local.get $k1))))
            (i32x4.splat (local.get $k2)))))
        (local.set $words (i32x4.add (local.get $words) (v128.const i32x4 4 4 4 4)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next))))
  ;; Replaces each of the bytes 0 … $end by 1 where it is at least $limit, else by 0.
  (func (export "compare") (param $end i32) (param $limit i32)
    (local $at i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (v128.store (local.get $at)
          (v128.and
            (i8x16.ge_u (v128.load (local.get $at)) (i8x16.splat (local.get $limit)))
            (i8x16.splat (i32.const 1))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))))
