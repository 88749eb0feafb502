"""The field's nouns as small immutable values and the contracts between stages."""
