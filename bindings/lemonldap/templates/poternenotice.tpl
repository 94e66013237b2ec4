<div id="poterne-notice" role="status"><TMPL_LOOP NAME="TEXTS"><p><TMPL_VAR NAME="TEXT" ESCAPE=HTML></p></TMPL_LOOP></div>
