;; Arithmetic over whole parameters: optimizers, sums of squares, gradient accumulation, 8-bit state, dropout masks. WebAssembly SIMD.
;;
;; After a change:  npx vitest run packages/trainer/src/kernels -u   assembles it into kernels.wasm.ts.
;; Addresses are bytes and multiples of 4; counts are elements. Every loop takes four (masks: 32) elements at a time and
;; finishes the rest one by one, in a fixed order: equal input gives equal bits.
(module
  (import "env" "memory" (memory 1 65536))

  ;; One AdamW update of n float32 parameters (Loshchilov and Hutter 2019, in the order of operations of torch.optim.AdamW):
  ;;   g ← g·gradScale;  p ← p·(1 − lr·weightDecay);  m ← m + (1 − beta1)(g − m);  v ← beta2·v + (1 − beta2)·g²
  ;;   p ← p − (lr / biasCorrection1) · m / (√v / √biasCorrection2 + eps)
  ;; The factors are computed in float64 and rounded once.
  (func (export "adamw")
    (param $p i32) (param $g i32) (param $m i32) (param $v i32) (param $n i32)
    (param $lr f64) (param $beta1 f64) (param $beta2 f64) (param $eps f64) (param $weightDecay f64)
    (param $biasCorrection1 f64) (param $biasCorrection2 f64) (param $gradScale f64)
    (local $shrink f32) (local $towards f32) (local $keep f32) (local $add f32)
    (local $step f32) (local $root f32) (local $epsilon f32) (local $scale f32)
    (local $shrink4 v128) (local $towards4 v128) (local $keep4 v128) (local $add4 v128)
    (local $step4 v128) (local $root4 v128) (local $epsilon4 v128) (local $scale4 v128)
    (local $g4 v128) (local $m4 v128) (local $v4 v128) (local $g1 f32) (local $m1 f32) (local $v1 f32)
    (local $end i32)
    (local.set $shrink (f32.demote_f64 (f64.sub (f64.const 1) (f64.mul (local.get $lr) (local.get $weightDecay)))))
    (local.set $towards (f32.demote_f64 (f64.sub (f64.const 1) (local.get $beta1))))
    (local.set $keep (f32.demote_f64 (local.get $beta2)))
    (local.set $add (f32.demote_f64 (f64.sub (f64.const 1) (local.get $beta2))))
    (local.set $step (f32.demote_f64 (f64.div (local.get $lr) (local.get $biasCorrection1))))
    (local.set $root (f32.demote_f64 (f64.sqrt (local.get $biasCorrection2))))
    (local.set $epsilon (f32.demote_f64 (local.get $eps)))
    (local.set $scale (f32.demote_f64 (local.get $gradScale)))
    (local.set $shrink4 (f32x4.splat (local.get $shrink)))
    (local.set $towards4 (f32x4.splat (local.get $towards)))
    (local.set $keep4 (f32x4.splat (local.get $keep)))
    (local.set $add4 (f32x4.splat (local.get $add)))
    (local.set $step4 (f32x4.splat (local.get $step)))
    (local.set $root4 (f32x4.splat (local.get $root)))
    (local.set $epsilon4 (f32x4.splat (local.get $epsilon)))
    (local.set $scale4 (f32x4.splat (local.get $scale)))

    (local.set $end (i32.add (local.get $p) (i32.shl (i32.and (local.get $n) (i32.const -4)) (i32.const 2))))
    (block $done (loop $next
      (br_if $done (i32.eq (local.get $p) (local.get $end)))
      (local.set $g4 (f32x4.mul (v128.load (local.get $g)) (local.get $scale4)))
      (local.set $m4 (v128.load (local.get $m)))
      (local.set $m4 (f32x4.add (local.get $m4)
        (f32x4.mul (local.get $towards4) (f32x4.sub (local.get $g4) (local.get $m4)))))
      (local.set $v4 (f32x4.add (f32x4.mul (v128.load (local.get $v)) (local.get $keep4))
        (f32x4.mul (f32x4.mul (local.get $add4) (local.get $g4)) (local.get $g4))))
      (v128.store (local.get $m) (local.get $m4))
      (v128.store (local.get $v) (local.get $v4))
      (v128.store (local.get $p) (f32x4.sub
        (f32x4.mul (v128.load (local.get $p)) (local.get $shrink4))
        (f32x4.div (f32x4.mul (local.get $step4) (local.get $m4))
          (f32x4.add (f32x4.div (f32x4.sqrt (local.get $v4)) (local.get $root4)) (local.get $epsilon4)))))
      (local.set $p (i32.add (local.get $p) (i32.const 16)))
      (local.set $g (i32.add (local.get $g) (i32.const 16)))
      (local.set $m (i32.add (local.get $m) (i32.const 16)))
      (local.set $v (i32.add (local.get $v) (i32.const 16)))
      (br $next)))

    (local.set $end (i32.add (local.get $end) (i32.shl (i32.and (local.get $n) (i32.const 3)) (i32.const 2))))
    (block $done (loop $next
      (br_if $done (i32.eq (local.get $p) (local.get $end)))
      (local.set $g1 (f32.mul (f32.load (local.get $g)) (local.get $scale)))
      (local.set $m1 (f32.load (local.get $m)))
      (local.set $m1 (f32.add (local.get $m1)
        (f32.mul (local.get $towards) (f32.sub (local.get $g1) (local.get $m1)))))
      (local.set $v1 (f32.add (f32.mul (f32.load (local.get $v)) (local.get $keep))
        (f32.mul (f32.mul (local.get $add) (local.get $g1)) (local.get $g1))))
      (f32.store (local.get $m) (local.get $m1))
      (f32.store (local.get $v) (local.get $v1))
      (f32.store (local.get $p) (f32.sub
        (f32.mul (f32.load (local.get $p)) (local.get $shrink))
        (f32.div (f32.mul (local.get $step) (local.get $m1))
          (f32.add (f32.div (f32.sqrt (local.get $v1)) (local.get $root)) (local.get $epsilon)))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (local.set $g (i32.add (local.get $g) (i32.const 4)))
      (local.set $m (i32.add (local.get $m) (i32.const 4)))
      (local.set $v (i32.add (local.get $v) (i32.const 4)))
      (br $next))))

  ;; Σ x², accumulated in float64 (no overflow for any finite float32; NaN or Inf in, NaN or Inf out).
  (func (export "sumOfSquares") (param $x i32) (param $n i32) (result f64)
    (local $end i32) (local $x4 v128) (local $low v128) (local $high v128) (local $sum f64) (local $x1 f64)
    (local.set $end (i32.add (local.get $x) (i32.shl (i32.and (local.get $n) (i32.const -4)) (i32.const 2))))
    (block $done (loop $next
      (br_if $done (i32.eq (local.get $x) (local.get $end)))
      (local.set $x4 (v128.load (local.get $x)))
      (local.set $low (f64x2.add (local.get $low) (f64x2.mul
        (f64x2.promote_low_f32x4 (local.get $x4)) (f64x2.promote_low_f32x4 (local.get $x4)))))
      (local.set $x4 (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $x4) (local.get $x4)))
      (local.set $high (f64x2.add (local.get $high) (f64x2.mul
        (f64x2.promote_low_f32x4 (local.get $x4)) (f64x2.promote_low_f32x4 (local.get $x4)))))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (br $next)))
    (local.set $low (f64x2.add (local.get $low) (local.get $high)))
    (local.set $sum (f64.add (f64x2.extract_lane 0 (local.get $low)) (f64x2.extract_lane 1 (local.get $low))))
    (local.set $end (i32.add (local.get $end) (i32.shl (i32.and (local.get $n) (i32.const 3)) (i32.const 2))))
    (block $done (loop $next
      (br_if $done (i32.eq (local.get $x) (local.get $end)))
      (local.set $x1 (f64.promote_f32 (f32.load (local.get $x))))
      (local.set $sum (f64.add (local.get $sum) (f64.mul (local.get $x1) (local.get $x1))))
      (local.set $x (i32.add (local.get $x) (i32.const 4)))
      (br $next)))
    (local.get $sum))

  ;; y ← y + a·x, n float32 elements.
  (func (export "addScaled") (param $y i32) (param $x i32) (param $n i32) (param $a f32)
    (local $end i32) (local $a4 v128)
    (local.set $a4 (f32x4.splat (local.get $a)))
    (local.set $end (i32.add (local.get $y) (i32.shl (i32.and (local.get $n) (i32.const -4)) (i32.const 2))))
    (block $done (loop $next
      (br_if $done (i32.eq (local.get $y) (local.get $end)))
      (v128.store (local.get $y) (f32x4.add (v128.load (local.get $y))
        (f32x4.mul (v128.load (local.get $x)) (local.get $a4))))
      (local.set $y (i32.add (local.get $y) (i32.const 16)))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (br $next)))
    (local.set $end (i32.add (local.get $end) (i32.shl (i32.and (local.get $n) (i32.const 3)) (i32.const 2))))
    (block $done (loop $next
      (br_if $done (i32.eq (local.get $y) (local.get $end)))
      (f32.store (local.get $y) (f32.add (f32.load (local.get $y)) (f32.mul (f32.load (local.get $x)) (local.get $a))))
      (local.set $y (i32.add (local.get $y) (i32.const 4)))
      (local.set $x (i32.add (local.get $x) (i32.const 4)))
      (br $next))))

  ;; x ← a·x, n float32 elements.
  (func (export "scale") (param $x i32) (param $n i32) (param $a f32)
    (local $end i32) (local $a4 v128)
    (local.set $a4 (f32x4.splat (local.get $a)))
    (local.set $end (i32.add (local.get $x) (i32.shl (i32.and (local.get $n) (i32.const -4)) (i32.const 2))))
    (block $done (loop $next
      (br_if $done (i32.eq (local.get $x) (local.get $end)))
      (v128.store (local.get $x) (f32x4.mul (v128.load (local.get $x)) (local.get $a4)))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (br $next)))
    (local.set $end (i32.add (local.get $end) (i32.shl (i32.and (local.get $n) (i32.const 3)) (i32.const 2))))
    (block $done (loop $next
      (br_if $done (i32.eq (local.get $x) (local.get $end)))
      (f32.store (local.get $x) (f32.mul (f32.load (local.get $x)) (local.get $a)))
      (local.set $x (i32.add (local.get $x) (i32.const 4)))
      (br $next))))

  ;; SGD with momentum, as torch.optim.SGD without dampening:
  ;;   g ← g·gradScale + weightDecay·p;  m ← momentum·m + g;  p ← p − lr·(ofGradient·g + ofMomentum·m)
  (func (export "sgd") (param $p i32) (param $g i32) (param $m i32) (param $n i32)
    (param $lr f32) (param $momentum f32) (param $ofGradient f32) (param $ofMomentum f32) (param $weightDecay f32)
    (param $gradScale f32)
    (local $lr4 v128) (local $momentum4 v128) (local $ofGradient4 v128) (local $ofMomentum4 v128) (local $weightDecay4 v128)
    (local $gradScale4 v128) (local $g4 v128) (local $m4 v128) (local $g1 f32) (local $m1 f32) (local $end i32)
    (local.set $lr4 (f32x4.splat (local.get $lr)))
    (local.set $momentum4 (f32x4.splat (local.get $momentum)))
    (local.set $ofGradient4 (f32x4.splat (local.get $ofGradient)))
    (local.set $ofMomentum4 (f32x4.splat (local.get $ofMomentum)))
    (local.set $weightDecay4 (f32x4.splat (local.get $weightDecay)))
    (local.set $gradScale4 (f32x4.splat (local.get $gradScale)))
    (local.set $end (i32.add (local.get $p) (i32.shl (i32.and (local.get $n) (i32.const -4)) (i32.const 2))))
    (block $done (loop $next
      (br_if $done (i32.eq (local.get $p) (local.get $end)))
      (local.set $g4 (f32x4.add (f32x4.mul (v128.load (local.get $g)) (local.get $gradScale4))
        (f32x4.mul (v128.load (local.get $p)) (local.get $weightDecay4))))
      (local.set $m4 (f32x4.add (f32x4.mul (v128.load (local.get $m)) (local.get $momentum4)) (local.get $g4)))
      (v128.store (local.get $m) (local.get $m4))
      (v128.store (local.get $p) (f32x4.sub (v128.load (local.get $p)) (f32x4.mul (local.get $lr4) (f32x4.add
        (f32x4.mul (local.get $ofGradient4) (local.get $g4)) (f32x4.mul (local.get $ofMomentum4) (local.get $m4))))))
      (local.set $p (i32.add (local.get $p) (i32.const 16)))
      (local.set $g (i32.add (local.get $g) (i32.const 16)))
      (local.set $m (i32.add (local.get $m) (i32.const 16)))
      (br $next)))
    (local.set $end (i32.add (local.get $end) (i32.shl (i32.and (local.get $n) (i32.const 3)) (i32.const 2))))
    (block $done (loop $next
      (br_if $done (i32.eq (local.get $p) (local.get $end)))
      (local.set $g1 (f32.add (f32.mul (f32.load (local.get $g)) (local.get $gradScale))
        (f32.mul (f32.load (local.get $p)) (local.get $weightDecay))))
      (local.set $m1 (f32.add (f32.mul (f32.load (local.get $m)) (local.get $momentum)) (local.get $g1)))
      (f32.store (local.get $m) (local.get $m1))
      (f32.store (local.get $p) (f32.sub (f32.load (local.get $p)) (f32.mul (local.get $lr) (f32.add
        (f32.mul (local.get $ofGradient) (local.get $g1)) (f32.mul (local.get $ofMomentum) (local.get $m1))))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (local.set $g (i32.add (local.get $g) (i32.const 4)))
      (local.set $m (i32.add (local.get $m) (i32.const 4)))
      (br $next))))

  ;; Lion (2302.06675):  g ← g·gradScale;  c = beta1·m + (1 − beta1)·g;  p ← p·(1 − lr·weightDecay) − lr·sign(c);
  ;;   m ← beta2·m + (1 − beta2)·g. The factors are computed in float64 and rounded once.
  (func (export "lion") (param $p i32) (param $g i32) (param $m i32) (param $n i32)
    (param $lr f64) (param $beta1 f64) (param $beta2 f64) (param $weightDecay f64) (param $gradScale f64)
    (local $shrink f32) (local $rate f32) (local $old f32) (local $new f32) (local $keep f32) (local $add f32) (local $scale f32)
    (local $shrink4 v128) (local $rate4 v128) (local $old4 v128) (local $new4 v128) (local $keep4 v128) (local $add4 v128)
    (local $scale4 v128) (local $zero4 v128)
    (local $g4 v128) (local $m4 v128) (local $c4 v128) (local $g1 f32) (local $m1 f32) (local $c1 f32) (local $end i32)
    (local.set $shrink (f32.demote_f64 (f64.sub (f64.const 1) (f64.mul (local.get $lr) (local.get $weightDecay)))))
    (local.set $rate (f32.demote_f64 (local.get $lr)))
    (local.set $old (f32.demote_f64 (local.get $beta1)))
    (local.set $new (f32.demote_f64 (f64.sub (f64.const 1) (local.get $beta1))))
    (local.set $keep (f32.demote_f64 (local.get $beta2)))
    (local.set $add (f32.demote_f64 (f64.sub (f64.const 1) (local.get $beta2))))
    (local.set $scale (f32.demote_f64 (local.get $gradScale)))
    (local.set $shrink4 (f32x4.splat (local.get $shrink)))
    (local.set $rate4 (f32x4.splat (local.get $rate)))
    (local.set $old4 (f32x4.splat (local.get $old)))
    (local.set $new4 (f32x4.splat (local.get $new)))
    (local.set $keep4 (f32x4.splat (local.get $keep)))
    (local.set $add4 (f32x4.splat (local.get $add)))
    (local.set $scale4 (f32x4.splat (local.get $scale)))
    (local.set $end (i32.add (local.get $p) (i32.shl (i32.and (local.get $n) (i32.const -4)) (i32.const 2))))
    (block $done (loop $next
      (br_if $done (i32.eq (local.get $p) (local.get $end)))
      (local.set $g4 (f32x4.mul (v128.load (local.get $g)) (local.get $scale4)))
      (local.set $m4 (v128.load (local.get $m)))
      (local.set $c4 (f32x4.add (f32x4.mul (local.get $m4) (local.get $old4)) (f32x4.mul (local.get $g4) (local.get $new4))))
      (v128.store (local.get $p) (f32x4.add
        (f32x4.sub (f32x4.mul (v128.load (local.get $p)) (local.get $shrink4))
          (v128.and (f32x4.gt (local.get $c4) (local.get $zero4)) (local.get $rate4)))
        (v128.and (f32x4.lt (local.get $c4) (local.get $zero4)) (local.get $rate4))))
      (v128.store (local.get $m) (f32x4.add
        (f32x4.mul (local.get $m4) (local.get $keep4)) (f32x4.mul (local.get $g4) (local.get $add4))))
      (local.set $p (i32.add (local.get $p) (i32.const 16)))
      (local.set $g (i32.add (local.get $g) (i32.const 16)))
      (local.set $m (i32.add (local.get $m) (i32.const 16)))
      (br $next)))
    (local.set $end (i32.add (local.get $end) (i32.shl (i32.and (local.get $n) (i32.const 3)) (i32.const 2))))
    (block $done (loop $next
      (br_if $done (i32.eq (local.get $p) (local.get $end)))
      (local.set $g1 (f32.mul (f32.load (local.get $g)) (local.get $scale)))
      (local.set $m1 (f32.load (local.get $m)))
      (local.set $c1 (f32.add (f32.mul (local.get $m1) (local.get $old)) (f32.mul (local.get $g1) (local.get $new))))
      (f32.store (local.get $p) (f32.add
        (f32.sub (f32.mul (f32.load (local.get $p)) (local.get $shrink))
          (select (local.get $rate) (f32.const 0) (f32.gt (local.get $c1) (f32.const 0))))
        (select (local.get $rate) (f32.const 0) (f32.lt (local.get $c1) (f32.const 0)))))
      (f32.store (local.get $m) (f32.add
        (f32.mul (local.get $m1) (local.get $keep)) (f32.mul (local.get $g1) (local.get $add))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (local.set $g (i32.add (local.get $g) (i32.const 4)))
      (local.set $m (i32.add (local.get $m) (i32.const 4)))
      (br $next))))

  ;; y ← y + x², n float32 elements: what adds up a matrix's squares by column.
  (func (export "addSquares") (param $y i32) (param $x i32) (param $n i32)
    (local $end i32) (local $x4 v128) (local $x1 f32)
    (local.set $end (i32.add (local.get $y) (i32.shl (i32.and (local.get $n) (i32.const -4)) (i32.const 2))))
    (block $done (loop $next
      (br_if $done (i32.eq (local.get $y) (local.get $end)))
      (local.set $x4 (v128.load (local.get $x)))
      (v128.store (local.get $y) (f32x4.add (v128.load (local.get $y)) (f32x4.mul (local.get $x4) (local.get $x4))))
      (local.set $y (i32.add (local.get $y) (i32.const 16)))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (br $next)))
    (local.set $end (i32.add (local.get $end) (i32.shl (i32.and (local.get $n) (i32.const 3)) (i32.const 2))))
    (block $done (loop $next
      (br_if $done (i32.eq (local.get $y) (local.get $end)))
      (local.set $x1 (f32.load (local.get $x)))
      (f32.store (local.get $y) (f32.add (f32.load (local.get $y)) (f32.mul (local.get $x1) (local.get $x1))))
      (local.set $y (i32.add (local.get $y) (i32.const 4)))
      (local.set $x (i32.add (local.get $x) (i32.const 4)))
      (br $next))))

  ;; x ← x·y, element by element.
  (func (export "multiply") (param $x i32) (param $y i32) (param $n i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $x) (i32.shl (i32.and (local.get $n) (i32.const -4)) (i32.const 2))))
    (block $done (loop $next
      (br_if $done (i32.eq (local.get $x) (local.get $end)))
      (v128.store (local.get $x) (f32x4.mul (v128.load (local.get $x)) (v128.load (local.get $y))))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (local.set $y (i32.add (local.get $y) (i32.const 16)))
      (br $next)))
    (local.set $end (i32.add (local.get $end) (i32.shl (i32.and (local.get $n) (i32.const 3)) (i32.const 2))))
    (block $done (loop $next
      (br_if $done (i32.eq (local.get $x) (local.get $end)))
      (f32.store (local.get $x) (f32.mul (f32.load (local.get $x)) (f32.load (local.get $y))))
      (local.set $x (i32.add (local.get $x) (i32.const 4)))
      (local.set $y (i32.add (local.get $y) (i32.const 4)))
      (br $next))))

  ;; The largest |x| of n float32 elements; 0 of none.
  (func $largest (param $x i32) (param $n i32) (result f32)
    (local $end i32) (local $x4 v128) (local $found f32)
    (local.set $end (i32.add (local.get $x) (i32.shl (i32.and (local.get $n) (i32.const -4)) (i32.const 2))))
    (block $done (loop $next
      (br_if $done (i32.eq (local.get $x) (local.get $end)))
      (local.set $x4 (f32x4.pmax (local.get $x4) (f32x4.abs (v128.load (local.get $x)))))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (br $next)))
    (local.set $end (i32.add (local.get $end) (i32.shl (i32.and (local.get $n) (i32.const 3)) (i32.const 2))))
    (block $done (loop $next
      (br_if $done (i32.eq (local.get $x) (local.get $end)))
      (local.set $found (f32.max (local.get $found) (f32.abs (f32.load (local.get $x)))))
      (local.set $x (i32.add (local.get $x) (i32.const 4)))
      (br $next)))
    (f32.max (local.get $found) (f32.max
      (f32.max (f32x4.extract_lane 0 (local.get $x4)) (f32x4.extract_lane 1 (local.get $x4)))
      (f32.max (f32x4.extract_lane 2 (local.get $x4)) (f32x4.extract_lane 3 (local.get $x4))))))

  ;; x ← scale · map[q]: n bytes q into float32, by a map of 256 float32 and a scale for each 256 of them.
  (func (export "dequantize") (param $x i32) (param $q i32) (param $n i32) (param $map i32) (param $scales i32)
    (local $end i32) (local $blockEnd i32) (local $scale f32)
    (local.set $end (i32.add (local.get $q) (local.get $n)))
    (block $done (loop $nextBlock
      (br_if $done (i32.eq (local.get $q) (local.get $end)))
      (local.set $scale (f32.load (local.get $scales)))
      (local.set $blockEnd (i32.add (local.get $q) (i32.const 256)))
      (if (i32.gt_u (local.get $blockEnd) (local.get $end)) (then (local.set $blockEnd (local.get $end))))
      (loop $next
        (f32.store (local.get $x) (f32.mul (local.get $scale)
          (f32.load (i32.add (local.get $map) (i32.shl (i32.load8_u (local.get $q)) (i32.const 2))))))
        (local.set $x (i32.add (local.get $x) (i32.const 4)))
        (local.set $q (i32.add (local.get $q) (i32.const 1)))
        (br_if $next (i32.ne (local.get $q) (local.get $blockEnd))))
      (local.set $scales (i32.add (local.get $scales) (i32.const 4)))
      (br $nextBlock))))

  ;; The reverse: of each 256 of n float32 the largest |x| is the scale, and q the entry of the map nearest to x / scale.
  ;; An entry ends at its bound: bounds has 255 float32, rising, then +∞. first has 8,192 bytes, 4,096 for each sign (+, −),
  ;; and of those 128 for each power of two from 2⁻³¹ to 1: the entry of the lowest number in that part of the power of two,
  ;; which has one bound at most. A block of zeros gets some entry, as its scale is 0.
  (func (export "quantize") (param $x i32) (param $q i32) (param $n i32) (param $bounds i32) (param $first i32) (param $scales i32)
    (local $end i32) (local $blockEnd i32) (local $scale f32) (local $value f32) (local $bits i32) (local $part i32) (local $entry i32)
    (local.set $end (i32.add (local.get $q) (local.get $n)))
    (block $done (loop $nextBlock
      (br_if $done (i32.eq (local.get $q) (local.get $end)))
      (local.set $blockEnd (i32.add (local.get $q) (i32.const 256)))
      (if (i32.gt_u (local.get $blockEnd) (local.get $end)) (then (local.set $blockEnd (local.get $end))))
      (local.set $scale (call $largest (local.get $x) (i32.sub (local.get $blockEnd) (local.get $q))))
      (f32.store (local.get $scales) (local.get $scale))
      (loop $next
        (local.set $value (f32.div (f32.load (local.get $x)) (local.get $scale)))
        (local.set $bits (i32.reinterpret_f32 (local.get $value)))
        ;; 12288 = 96 · 128: the exponent of 2⁻³¹, and 7 bits of the mantissa.
        (local.set $part (i32.sub
          (i32.shr_u (i32.and (local.get $bits) (i32.const 0x7fffffff)) (i32.const 16)) (i32.const 12288)))
        (local.set $part (select (local.get $part) (i32.const 0) (i32.gt_s (local.get $part) (i32.const 0))))
        (local.set $part (i32.add (local.get $part)
          (i32.and (i32.shr_u (local.get $bits) (i32.const 19)) (i32.const 4096))))
        (local.set $entry (i32.load8_u (i32.add (local.get $first) (local.get $part))))
        (i32.store8 (local.get $q) (i32.add (local.get $entry) (f32.gt (local.get $value)
          (f32.load (i32.add (local.get $bounds) (i32.shl (local.get $entry) (i32.const 2)))))))
        (local.set $x (i32.add (local.get $x) (i32.const 4)))
        (local.set $q (i32.add (local.get $q) (i32.const 1)))
        (br_if $next (i32.ne (local.get $q) (local.get $blockEnd))))
      (local.set $scales (i32.add (local.get $scales) (i32.const 4)))
      (br $nextBlock))))

  ;; Four Philox-4x32-10 blocks (first, first + 1, first + 2, first + 3 in counter word 0) turned into 32 mask bytes:
  ;; a byte is 1 where its 16 random bits are ≥ threshold, else 0. Byte 8·w + 2·b + h belongs to half h (0 = low) of
  ;; word w of block b, the order in which the lanes lie.
  (func $mask32 (param $out i32) (param $first i32) (param $c1 i32) (param $c2 i32) (param $c3 i32)
    (param $k0 i32) (param $k1 i32) (param $threshold i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $key0 v128) (local $key1 v128)
    (local $low0 v128) (local $high0 v128) (local $low1 v128) (local $high1 v128) (local $round i32) (local $t v128)
    (local.set $a (i32x4.add (i32x4.splat (local.get $first)) (v128.const i32x4 0 1 2 3)))
    (local.set $b (i32x4.splat (local.get $c1)))
    (local.set $c (i32x4.splat (local.get $c2)))
    (local.set $d (i32x4.splat (local.get $c3)))
    (local.set $key0 (i32x4.splat (local.get $k0)))
    (local.set $key1 (i32x4.splat (local.get $k1)))
    (local.set $t (i16x8.splat (local.get $threshold)))
    (local.set $round (i32.const 10))
    (loop $next
      ;; 64-bit products of a with the first multiplier and of c with the second, two lanes each.
      (local.set $low0 (i64x2.extmul_low_i32x4_u (local.get $a) (v128.const i32x4 0xd2511f53 0xd2511f53 0xd2511f53 0xd2511f53)))
      (local.set $high0 (i64x2.extmul_high_i32x4_u (local.get $a) (v128.const i32x4 0xd2511f53 0xd2511f53 0xd2511f53 0xd2511f53)))
      (local.set $low1 (i64x2.extmul_low_i32x4_u (local.get $c) (v128.const i32x4 0xcd9e8d57 0xcd9e8d57 0xcd9e8d57 0xcd9e8d57)))
      (local.set $high1 (i64x2.extmul_high_i32x4_u (local.get $c) (v128.const i32x4 0xcd9e8d57 0xcd9e8d57 0xcd9e8d57 0xcd9e8d57)))
      (local.set $a (v128.xor (v128.xor (local.get $b) (local.get $key0))
        (i8x16.shuffle 4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31 (local.get $low1) (local.get $high1))))
      (local.set $b (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27 (local.get $low1) (local.get $high1)))
      (local.set $c (v128.xor (v128.xor (local.get $d) (local.get $key1))
        (i8x16.shuffle 4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31 (local.get $low0) (local.get $high0))))
      (local.set $d (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27 (local.get $low0) (local.get $high0)))
      (local.set $key0 (i32x4.add (local.get $key0) (v128.const i32x4 0x9e3779b9 0x9e3779b9 0x9e3779b9 0x9e3779b9)))
      (local.set $key1 (i32x4.add (local.get $key1) (v128.const i32x4 0xbb67ae85 0xbb67ae85 0xbb67ae85 0xbb67ae85)))
      (br_if $next (local.tee $round (i32.sub (local.get $round) (i32.const 1)))))
    (v128.store (local.get $out) (v128.and (v128.const i8x16 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1)
      (i8x16.narrow_i16x8_s (i16x8.ge_u (local.get $a) (local.get $t)) (i16x8.ge_u (local.get $b) (local.get $t)))))
    (v128.store offset=16 (local.get $out) (v128.and (v128.const i8x16 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1)
      (i8x16.narrow_i16x8_s (i16x8.ge_u (local.get $c) (local.get $t)) (i16x8.ge_u (local.get $d) (local.get $t))))))

  ;; n mask bytes from the Philox key (k0, k1) and the counters (0 … , c1, c2, c3). Writes up to 31 bytes past n.
  (func (export "dropoutMask") (param $out i32) (param $n i32) (param $k0 i32) (param $k1 i32)
    (param $c1 i32) (param $c2 i32) (param $c3 i32) (param $threshold i32)
    (local $end i32) (local $block i32)
    (local.set $end (i32.add (local.get $out) (local.get $n)))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
      (call $mask32 (local.get $out) (local.get $block) (local.get $c1) (local.get $c2) (local.get $c3)
        (local.get $k0) (local.get $k1) (local.get $threshold))
      (local.set $out (i32.add (local.get $out) (i32.const 32)))
      (local.set $block (i32.add (local.get $block) (i32.const 4)))
      (br $next))))
)
