"""Price lists: list prices, prices of usage (`pricing`), the components that are charged, and tariffs of them."""
