/// Layers that act in training only, and pass their input on otherwise.
enum KerasIdentityLayers {
  static let all: [KerasLayer] =
    [
      identity("Dropout", ["rate", "noise_shape"]),
      identity("SpatialDropout1D", ["rate", "noise_shape"]),
      identity("SpatialDropout2D", ["rate", "noise_shape", "data_format"]),
      identity("SpatialDropout3D", ["rate", "noise_shape", "data_format"]),
      identity("GaussianDropout", ["rate"]), identity("GaussianNoise", ["stddev"]),
      identity("AlphaDropout", ["rate", "noise_shape"]),
      identity("ActivityRegularization", ["l1", "l2"]),
    ] + augmentations.map { identity($0, augmentationKeys) }

  private static func identity(_ name: String, _ keys: [String]) -> KerasLayer {
    KerasLayer(
      name, keys: keys.map { .ignored($0) }, masking: .passes,
      call: { layer, _ in try layer.x }
    )
    .elementwise()
  }

  /// Changes of pictures at random.
  private static let augmentations = [
    "RandomBrightness", "RandomColorDegeneration", "RandomColorJitter", "RandomContrast",
    "RandomCrop", "RandomElasticTransform", "RandomErasing", "RandomFlip", "RandomGaussianBlur",
    "RandomGrayscale", "RandomHue", "RandomInvert", "RandomPerspective", "RandomPosterization",
    "RandomRotation", "RandomSaturation", "RandomSharpness", "RandomShear", "RandomTranslation",
    "RandomZoom",
  ].filter { $0 != "RandomCrop" }

  private static let augmentationKeys = [
    "factor", "value_range", "data_format", "mode", "fill_mode", "fill_value", "interpolation",
    "height_factor", "width_factor", "brightness_factor", "contrast_factor", "saturation_factor",
    "hue_factor", "x_factor", "y_factor", "scale", "lower", "upper", "kernel_size", "sigma",
    "alpha",
    "rate", "bounding_box_format",
  ]
}
