# Draws scale.svg from scale.tsv: gnuplot scale.gnuplot
set terminal svg size 720,420 font "sans-serif,13" background "white"
set output "scale.svg"
set datafile separator "\t"
set logscale xy
set xrange [8000:1500000]
set yrange [8:20000]
set xtics ("10,000" 10000, "100,000" 100000, "1,000,000" 1000000)
set ytics ("10 µs" 10, "100 µs" 100, "1 ms" 1000, "10 ms" 10000)
set xlabel "paragraphs"
set ylabel "median of a query"
set key outside right
set grid ytics lc rgb "#dddddd"
kinds = "frequent or phrase filtered facets"
titles = "'one word' 'OR' 'phrase' 'OR + actor filter' 'OR + counts'"
colours = "#4e79a7 #f28e2b #59a14f #b07aa1 #e15759"
plot for [i=1:5] "scale.tsv" using 1:(column(2*i)) with linespoints lw 2 pt 7 ps 0.5 lc rgb word(colours, i) title word(titles, i), \
     for [i=1:5] "scale.tsv" using 1:(column(2*i+1)) with lines lw 1 dt 2 lc rgb word(colours, i) notitle, \
     NaN with lines lw 1 dt 2 lc rgb "#555555" title "Tantivy by hand"
