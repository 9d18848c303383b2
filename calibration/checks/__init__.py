"""What comes with every fit: is it drawn well, does it predict what was seen, what do the data not tell?"""
