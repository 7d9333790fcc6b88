/// Every primitive. The property tests run over this list, so a primitive is tested from the moment
/// it stands here.
package enum PrimitiveRegistry {
  package static let all: [any Primitive.Type] = [
    Input.self, Constant.self,
    Negate.self, Add.self, Subtract.self, Multiply.self, GuardedMultiply.self, Divide.self,
    Power.self,
    Remainder.self, Modulo.self, Extreme.self,
    Exponential.self, ExponentialMinusOne.self, Logarithm.self, LogarithmOfOnePlus.self,
    HyperbolicTangent.self, Sigmoid.self, Softplus.self, ErrorFunction.self,
    ComplementaryErrorFunction.self, NormalDistribution.self, NormalDistributionByTanh.self,
    Softsign.self, SquareRoot.self,
    Reciprocal.self,
    Sine.self, Cosine.self, Tangent.self, ArcSine.self, ArcCosine.self, ArcTangent.self,
    HyperbolicSine.self, HyperbolicCosine.self, InverseHyperbolicSine.self,
    InverseHyperbolicCosine.self, InverseHyperbolicTangent.self,
    Floor.self, Ceiling.self, Round.self, Truncate.self, Sign.self, Step.self, Relu.self,
    Absolute.self,
    Compare.self, BitOperation.self, Not.self, Classify.self, Select.self, Convert.self,
    Detach.self,
    Dot.self, ReduceSum.self, ReduceExtreme.self, CumulativeSum.self, Diagonal.self,
    DiagonalPart.self, Window.self, Fold.self,
    Reshape.self, Transpose.self, Broadcast.self, Slice.self, Pad.self, Reverse.self,
    Concatenate.self, Gather.self, ScatterAdd.self,
    ArgExtreme.self, WindowExtreme.self, SortOrder.self,
  ]
}
