;; The inner loop of AdamW, four elements at a time. `scripts/wasm.mjs` compiles it into adamw-wasm.ts; adamw.ts says what it computes.
;;
;;   m ← β₁·m + rest₁·g        v ← β₂·v + rest₂·g²        w ← decay·w − rate·m / (√v·correction + ε)
;;
;; $w, $g, $m, $v: byte offsets of the weights, gradients, first and second moments. $bytes: length of each, a multiple of 16.
(module
  (import "env" "memory" (memory 1))
  (func (export "update")
    (param $w i32) (param $g i32) (param $m i32) (param $v i32) (param $bytes i32)
    (param $beta1 f32) (param $beta2 f32) (param $rest1 f32) (param $rest2 f32)
    (param $decay f32) (param $rate f32) (param $correction f32) (param $epsilon f32)
    (local $end i32) (local $gradient v128) (local $first v128) (local $second v128)
    (local $vbeta1 v128) (local $vbeta2 v128) (local $vrest1 v128) (local $vrest2 v128)
    (local $vdecay v128) (local $vrate v128) (local $vcorrection v128) (local $vepsilon v128)
    (local.set $end (i32.add (local.get $w) (local.get $bytes)))
    (local.set $vbeta1 (f32x4.splat (local.get $beta1)))
    (local.set $vbeta2 (f32x4.splat (local.get $beta2)))
    (local.set $vrest1 (f32x4.splat (local.get $rest1)))
    (local.set $vrest2 (f32x4.splat (local.get $rest2)))
    (local.set $vdecay (f32x4.splat (local.get $decay)))
    (local.set $vrate (f32x4.splat (local.get $rate)))
    (local.set $vcorrection (f32x4.splat (local.get $correction)))
    (local.set $vepsilon (f32x4.splat (local.get $epsilon)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $w) (local.get $end)))
        (local.set $gradient (v128.load (local.get $g)))
        (local.set $first
          (f32x4.add
            (f32x4.mul (local.get $vbeta1) (v128.load (local.get $m)))
            (f32x4.mul (local.get $vrest1) (local.get $gradient))))
        (local.set $second
          (f32x4.add
            (f32x4.mul (local.get $vbeta2) (v128.load (local.get $v)))
            (f32x4.mul (local.get $vrest2) (f32x4.mul (local.get $gradient) (local.get $gradient)))))
        (v128.store (local.get $m) (local.get $first))
        (v128.store (local.get $v) (local.get $second))
        (v128.store (local.get $w)
          (f32x4.sub
            (f32x4.mul (local.get $vdecay) (v128.load (local.get $w)))
            (f32x4.div
              (f32x4.mul (local.get $vrate) (local.get $first))
              (f32x4.add
                (f32x4.mul (f32x4.sqrt (local.get $second)) (local.get $vcorrection))
                (local.get $vepsilon)))))
        (local.set $w (i32.add (local.get $w) (i32.const 16)))
        (local.set $g (i32.add (local.get $g) (i32.const 16)))
        (local.set $m (i32.add (local.get $m) (i32.const 16)))
        (local.set $v (i32.add (local.get $v) (i32.const 16)))
        (br $next)))))
