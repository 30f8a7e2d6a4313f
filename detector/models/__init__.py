"""The estimators behind the detector, in scikit-learn's manner, and the files that ship."""
