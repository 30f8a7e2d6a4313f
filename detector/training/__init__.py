"""Making the models that ship: examples, augmentation, fitting and evaluation."""
